#pragma once
// simdjson's On-Demand reader, writing a document's nodes and text into memory that the caller gives it, behind a plain C
// interface: no C++ type and no exception crosses it.
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
    csimdjson_too_many_nodes = 5,
} csimdjson_outcome;

// What a node is.
enum {
    csimdjson_object = 0,
    csimdjson_string = 3,
    csimdjson_number = 4,
    csimdjson_boolean = 5,
    csimdjson_null = 6,
    csimdjson_empty_array = 7,
};

// One node, in the layout that the tree keeps it in.
typedef struct {
    uint8_t kind;
    bool is_list_member;
    uint16_t name_space; // always 0
    uint32_t name;
    uint32_t parent;
    uint32_t end;
    uint32_t text_offset;
    uint32_t text_length;
} csimdjson_node;

// Where a document goes. Nodes come in document order. An object is a node and each of its members a child; the members
// of an array take the name that the array stands under, and only an array at the root or without members is a node.
// Strings come without their escapes, numbers and the three words as they are written.
typedef struct csimdjson_tree csimdjson_tree;
struct csimdjson_tree {
    csimdjson_node *_Nonnull nodes;
    size_t node_count;
    size_t node_capacity;
    size_t node_limit;
    // Room for as many bytes as the JSON text has, and CSIMDJSON_SLACK more that are written over.
    uint8_t *_Nonnull text;
    size_t text_count;
    // Whether a key starts with an underscore.
    bool has_underscore_key;
    // Symbols below this are the same in every document that the reader reads.
    uint32_t lasting_symbols;
    void *_Nonnull context;
    // The symbol of a key. The bytes live only for the length of the call.
    uint32_t (*_Nonnull symbol)(void *_Nonnull context, const char *_Nonnull bytes, size_t length);
    // Makes room for more nodes than the `node_count` there are: sets `nodes` and `node_capacity`.
    void (*_Nonnull grow)(csimdjson_tree *_Nonnull tree);
};

#define CSIMDJSON_SLACK 64

// What can be kept from one document to the next: simdjson's parser, a padded buffer, and the names seen so far.
typedef struct csimdjson_reader csimdjson_reader;

// NULL when there is no memory.
csimdjson_reader *_Nullable csimdjson_reader_create(void);
void csimdjson_reader_destroy(csimdjson_reader *_Nonnull reader);

// Reads one JSON text (RFC 8259) to its end. `nesting` bounds the levels of objects and arrays. When reading fails,
// `offset` is the byte it failed at, or SIZE_MAX when that is not known, and the tree is not to be used.
csimdjson_outcome csimdjson_read(
    csimdjson_reader *_Nonnull reader, const uint8_t *_Nonnull bytes, size_t length, size_t nesting,
    csimdjson_tree *_Nonnull tree, size_t *_Nonnull offset);

// The version of simdjson, for instance "3.11.0".
const char *_Nonnull csimdjson_version(void);

#ifdef __cplusplus
}
#endif
