#pragma once
// simdjson alone, as the limit that reading JSON is measured against.
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Walks over every key and value of one JSON text with On-Demand, taking strings without their escapes and numbers as
// they are written, and keeps nothing. Parser and buffer are kept from call to call: use it on one thread.
// Returns how many values there are; 0 when the text is malformed.
size_t csimdjsonwalk_count(const uint8_t *_Nonnull bytes, size_t length);

#ifdef __cplusplus
}
#endif
