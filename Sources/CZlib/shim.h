#pragma once
#include <zlib.h>

/// `inflateInit2` is a macro. 15 bits of window, and 16 for gzip alone (RFC 1952), not zlib or raw deflate.
static inline int czlib_start_gunzip(z_streamp stream) {
    return inflateInit2(stream, 15 + 16);
}
