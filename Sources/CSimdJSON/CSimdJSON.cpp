#include "CSimdJSON.h"

#include <cstring>
#include <memory>
#include <new>
#include <random>
#include <string_view>

#include <simdjson.h>

#include "NameTable.h"

using namespace simdjson;

static_assert(SIMDJSON_PADDING >= 16 && CSIMDJSON_SLACK >= 16, "short texts are copied sixteen bytes at a time");

struct csimdjson_reader {
    ondemand::parser parser;
    std::unique_ptr<char[]> padded;
    size_t padded_length = 0;
    // Names whose symbols last, and names of this document alone.
    name_table lasting;
    name_table passing;
    // Names come from strangers, who must not know which of them collide.
    uint64_t seed = std::random_device()() | uint64_t(std::random_device()()) << 32;

    bool reserve(size_t length) {
        if (padded && padded_length >= length) return true;
        padded.reset(new (std::nothrow) char[length + SIMDJSON_PADDING]);
        padded_length = padded ? length : 0;
        return padded != nullptr;
    }
};

namespace {

bool is_space(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

// A raw token runs up to the next token, so white space may follow it.
std::string_view trimmed(std::string_view token) {
    while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
    return token;
}

// RFC 8259, section 6. On-Demand checks a number only when it converts it, and conversion would lose digits.
bool is_number(std::string_view token) {
    size_t at = 0;
    auto digits = [&] {
        size_t start = at;
        while (at < token.size() && is_digit(token[at])) at++;
        return at - start;
    };
    if (at < token.size() && token[at] == '-') at++;
    bool leading_zero = at < token.size() && token[at] == '0';
    size_t whole = digits();
    if (whole == 0 || (leading_zero && whole > 1)) return false;
    if (at < token.size() && token[at] == '.') {
        at++;
        if (digits() == 0) return false;
    }
    if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
        at++;
        if (at < token.size() && (token[at] == '+' || token[at] == '-')) at++;
        if (digits() == 0) return false;
    }
    return at == token.size();
}

uint64_t mixed(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    return hash ^ (hash >> 29);
}

// A key as it is written, with a hash of it.
struct raw_key {
    std::string_view text;
    uint64_t hash;
};

uint64_t hash_of(std::string_view name, uint64_t seed) {
    uint64_t hash = seed;
    for (size_t at = 0; at <= name.size(); at += 8) hash = mixed(hash, name_table::word(name, at));
    return hash;
}

// Eight bytes at a time up to the first quote, which is not the end of a key that has escapes. The buffer is padded, so
// that reading beyond its end does no harm.
raw_key key_at(const char *start, uint64_t seed) {
    constexpr uint64_t ones = 0x0101010101010101;
    static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");
    uint64_t hash = seed;
    for (const char *at = start;; at += 8) {
        uint64_t word;
        std::memcpy(&word, at, 8);
        uint64_t difference = word ^ (ones * '"');
        uint64_t quotes = (difference - ones) & ~difference & (ones << 7);
        if (quotes) {
            int count = __builtin_ctzll(quotes) / 8;
            word &= count ? ~uint64_t(0) >> (64 - 8 * count) : 0;
            return {std::string_view(start, size_t(at + count - start)), mixed(hash, word)};
        }
        hash = mixed(hash, word);
    }
}

class reading {
public:
    reading(csimdjson_reader &reader, csimdjson_tree &tree, size_t length, size_t nesting)
        : reader(reader), tree(tree), nesting(nesting), end(reader.padded.get() + length),
          escape(reader.padded.get()) {
        find_escape(reader.padded.get());
    }

    csimdjson_outcome read(ondemand::document &document) {
        bool scalar = false;
        if (document.is_scalar().get(scalar)) return csimdjson_malformed;
        if (!scalar) {
            if (auto outcome = root(document)) return outcome;
            return at_end(document) ? csimdjson_ok : csimdjson_malformed;
        }
        ondemand::json_type type;
        if (document.type().get(type)) return csimdjson_malformed;
        if (type == ondemand::json_type::string) {
            std::string_view text;
            if (document.get_string().get(text)) return csimdjson_malformed;
            if (!at_end(document)) return csimdjson_malformed;
            return unescaped(text, 0, 0);
        }
        std::string_view token;
        if (document.raw_json_token().get(token)) return csimdjson_malformed;
        if (token.data() + token.size() != end) return csimdjson_malformed;
        return bare(token, 0, 0);
    }

private:
    csimdjson_reader &reader;
    csimdjson_tree &tree;
    size_t nesting;
    const char *end;
    // The first backslash at or behind the place that was asked about last.
    const char *escape;

    static bool at_end(ondemand::document &document) {
        return document.current_location().error() == OUT_OF_BOUNDS;
    }

    // MARK: Structure

    csimdjson_outcome root(ondemand::document &document) {
        if (nesting < 1) return csimdjson_too_deep;
        ondemand::json_type type;
        if (document.type().get(type)) return csimdjson_malformed;
        if (type == ondemand::json_type::object) {
            ondemand::object members;
            if (document.get_object().get(members)) return csimdjson_malformed;
            return object(members, 1, 0, 0);
        }
        ondemand::array members;
        if (document.get_array().get(members)) return csimdjson_malformed;
        // A tree needs one root, so this array is a node.
        if (!append(csimdjson_object, 0, 0)) return csimdjson_too_many_nodes;
        if (auto outcome = array(members, 1, 0, 0)) return outcome;
        close(0);
        return csimdjson_ok;
    }

    csimdjson_outcome object(ondemand::object &members, size_t depth, uint32_t name, uint32_t parent) {
        auto node = static_cast<uint32_t>(tree.node_count);
        if (!append(csimdjson_object, name, parent)) return csimdjson_too_many_nodes;
        for (auto result : members) {
            ondemand::field field;
            if (std::move(result).get(field)) return csimdjson_malformed;
            uint32_t key;
            if (auto outcome = symbol(field, key)) return outcome;
            if (auto outcome = value(field.value(), depth, key, node)) return outcome;
        }
        close(node);
        return csimdjson_ok;
    }

    csimdjson_outcome array(ondemand::array &members, size_t depth, uint32_t name, uint32_t parent) {
        size_t before = tree.node_count;
        for (auto result : members) {
            ondemand::value member;
            if (std::move(result).get(member)) return csimdjson_malformed;
            size_t first = tree.node_count;
            if (auto outcome = value(member, depth, name, parent)) return outcome;
            if (tree.nodes[first].kind != csimdjson_empty_array) tree.nodes[first].is_list_member = true;
        }
        if (tree.node_count > before) return csimdjson_ok;
        return append(csimdjson_empty_array, name, parent) ? csimdjson_ok : csimdjson_too_many_nodes;
    }

    csimdjson_outcome value(ondemand::value &value, size_t depth, uint32_t name, uint32_t parent) {
        std::string_view token = value.raw_json_token();
        // Behind the last token there is no other one to measure it by.
        if (token.empty() || token.data() >= end || token.size() > size_t(end - token.data())) return csimdjson_malformed;
        switch (token.front()) {
        case '{': {
            if (depth >= nesting) return csimdjson_too_deep;
            ondemand::object members;
            if (value.get_object().get(members)) return csimdjson_malformed;
            return object(members, depth + 1, name, parent);
        }
        case '[': {
            if (depth >= nesting) return csimdjson_too_deep;
            ondemand::array members;
            if (value.get_array().get(members)) return csimdjson_malformed;
            return array(members, depth + 1, name, parent);
        }
        case '"': return string(value, token, name, parent);
        default: return bare(token, name, parent);
        }
    }

    // MARK: Scalars

    csimdjson_outcome string(ondemand::value &value, std::string_view token, uint32_t name, uint32_t parent) {
        if (has_escape(token)) {
            std::string_view text;
            if (value.get_string().get(text)) return csimdjson_malformed;
            return unescaped(text, name, parent);
        }
        // This takes the value, as On-Demand wants it, and leaves the text where it is.
        ondemand::raw_json_string raw;
        if (value.get_raw_json_string().get(raw)) return csimdjson_malformed;
        token = trimmed(token);
        if (token.size() < 2 || token.back() != '"') return csimdjson_malformed;
        token.remove_prefix(1);
        token.remove_suffix(1);
        return leaf(csimdjson_string, token, name, parent);
    }

    // Only an escape can bring a U+0000.
    csimdjson_outcome unescaped(std::string_view text, uint32_t name, uint32_t parent) {
        if (std::memchr(text.data(), 0, text.size())) return csimdjson_malformed;
        return leaf(csimdjson_string, text, name, parent);
    }

    csimdjson_outcome bare(std::string_view raw, uint32_t name, uint32_t parent) {
        auto token = trimmed(raw);
        if (token.empty()) return csimdjson_malformed;
        switch (token.front()) {
        case 't':
        case 'f':
            if (token != "true" && token != "false") return csimdjson_malformed;
            return leaf(csimdjson_boolean, token, name, parent);
        case 'n':
            if (token != "null") return csimdjson_malformed;
            return leaf(csimdjson_null, std::string_view(token.data(), 0), name, parent);
        default:
            if (!is_number(token)) return csimdjson_malformed;
            return leaf(csimdjson_number, token, name, parent);
        }
    }

    // MARK: Keys

    csimdjson_outcome symbol(ondemand::field &field, uint32_t &symbol) {
        raw_key key = key_at(field.key().raw(), reader.seed);
        if (has_escape(key.text)) {
            if (field.unescaped_key().get(key.text)) return csimdjson_malformed;
            if (std::memchr(key.text.data(), 0, key.text.size())) return csimdjson_malformed;
            key.hash = hash_of(key.text, reader.seed);
        }
        if (const uint32_t *known = reader.lasting.find(key.hash, key.text)) {
            symbol = *known;
            return csimdjson_ok;
        }
        if (!key.text.empty() && key.text.front() == '_') tree.has_underscore_key = true;
        if (const uint32_t *known = reader.passing.find(key.hash, key.text)) {
            symbol = *known;
            return csimdjson_ok;
        }
        symbol = tree.symbol(tree.context, key.text.data(), key.text.size());
        bool lasts = symbol < tree.lasting_symbols && (key.text.empty() || key.text.front() != '_');
        (lasts ? reader.lasting : reader.passing).insert(key.hash, key.text, symbol);
        return csimdjson_ok;
    }

    // MARK: Escapes

    void find_escape(const char *from) {
        auto found = static_cast<const char *>(std::memchr(from, '\\', static_cast<size_t>(end - from)));
        escape = found ? found : end;
    }

    // Asked in the order of the text, this looks at each byte of the document once.
    bool has_escape(std::string_view token) {
        if (escape < token.data()) find_escape(token.data());
        return escape < token.data() + token.size();
    }

    // MARK: Nodes

    bool append(uint8_t kind, uint32_t name, uint32_t parent, size_t length = 0) {
        if (tree.node_count == tree.node_capacity) {
            if (tree.node_count >= tree.node_limit) return false;
            tree.grow(&tree);
        }
        if (tree.node_count >= tree.node_limit) return false;
        csimdjson_node &node = tree.nodes[tree.node_count++];
        node.kind = kind;
        node.is_list_member = false;
        node.name_space = 0;
        node.name = name;
        node.parent = parent;
        node.end = static_cast<uint32_t>(tree.node_count);
        node.text_offset = length ? static_cast<uint32_t>(tree.text_count) : 0;
        node.text_length = static_cast<uint32_t>(length);
        return true;
    }

    csimdjson_outcome leaf(uint8_t kind, std::string_view text, uint32_t name, uint32_t parent) {
        if (!append(kind, name, parent, text.size())) return csimdjson_too_many_nodes;
        uint8_t *to = tree.text + tree.text_count;
        // Most texts are short: copying a fixed number of bytes needs no call, and both sides have room for it.
        std::memcpy(to, text.data(), 16);
        if (text.size() > 16) std::memcpy(to + 16, text.data() + 16, text.size() - 16);
        tree.text_count += text.size();
        return csimdjson_ok;
    }

    void close(uint32_t node) { tree.nodes[node].end = static_cast<uint32_t>(tree.node_count); }
};

} // namespace

csimdjson_reader *csimdjson_reader_create(void) {
    try {
        return new csimdjson_reader();
    } catch (...) {
        return nullptr;
    }
}

void csimdjson_reader_destroy(csimdjson_reader *reader) { delete reader; }

csimdjson_outcome csimdjson_read(
    csimdjson_reader *reader, const uint8_t *bytes, size_t length, size_t nesting, csimdjson_tree *tree,
    size_t *offset) try {
    *offset = SIZE_MAX;
    if (!reader->reserve(length)) return csimdjson_no_memory;
    // simdjson reads a little past the end; what it meets there must not look like JSON.
    char *padded = reader->padded.get();
    std::memcpy(padded, bytes, length);
    std::memset(padded + length, 0, SIMDJSON_PADDING);

    reader->passing.clear();
    ondemand::document document;
    auto error = reader->parser.iterate(padded, length, length + SIMDJSON_PADDING).get(document);
    switch (error) {
    case SUCCESS: break;
    case UTF8_ERROR: return csimdjson_not_utf8;
    case MEMALLOC: return csimdjson_no_memory;
    default: return csimdjson_malformed;
    }
    auto outcome = reading(*reader, *tree, length, nesting).read(document);
    const char *location = nullptr;
    if (outcome != csimdjson_ok && !document.current_location().get(location)) {
        *offset = static_cast<size_t>(location - padded);
    }
    return outcome;
} catch (...) {
    return csimdjson_no_memory;
}

#define CSIMDJSON_TEXT(token) #token
#define CSIMDJSON_TEXT_OF(macro) CSIMDJSON_TEXT(macro)

const char *csimdjson_version(void) { return CSIMDJSON_TEXT_OF(SIMDJSON_VERSION); }
