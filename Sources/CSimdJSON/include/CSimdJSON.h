#pragma once
// simdjson's On-Demand reader as events, behind a plain C interface: no C++ type and no exception crosses it.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How reading ended.
typedef enum {
    csimdjson_ok = 0,
    csimdjson_malformed = 1,
    csimdjson_not_utf8 = 2,
    csimdjson_too_deep = 3,
    csimdjson_no_memory = 4,
    csimdjson_stopped = 5, // an event asked to stop
} csimdjson_outcome;

// Keys and strings come without their escapes, numbers and the three words as they are written. The bytes live only
// for the length of the call. An event that returns false stops the reading.
typedef struct {
    bool (*_Nonnull start_object)(void *_Nonnull context);
    bool (*_Nonnull end_object)(void *_Nonnull context);
    bool (*_Nonnull start_array)(void *_Nonnull context);
    bool (*_Nonnull end_array)(void *_Nonnull context);
    bool (*_Nonnull key)(void *_Nonnull context, const char *_Nonnull bytes, size_t length);
    bool (*_Nonnull string)(void *_Nonnull context, const char *_Nonnull bytes, size_t length);
    bool (*_Nonnull number)(void *_Nonnull context, const char *_Nonnull bytes, size_t length);
    bool (*_Nonnull boolean)(void *_Nonnull context, const char *_Nonnull bytes, size_t length);
    bool (*_Nonnull null)(void *_Nonnull context);
} csimdjson_events;

// Reads one JSON text (RFC 8259) to its end. `nesting` bounds the levels of objects and arrays. When reading fails,
// `offset` is the byte it failed at, or SIZE_MAX when that is not known.
csimdjson_outcome csimdjson_read(
    const uint8_t *_Nonnull bytes, size_t length, size_t nesting, const csimdjson_events *_Nonnull events,
    void *_Nonnull context, size_t *_Nonnull offset);

// The version of simdjson, for instance "3.11.0".
const char *_Nonnull csimdjson_version(void);

#ifdef __cplusplus
}
#endif
