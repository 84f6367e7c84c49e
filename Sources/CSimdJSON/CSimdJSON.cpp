#include "CSimdJSON.h"

#include <cstring>
#include <memory>
#include <new>
#include <string_view>

#include <simdjson.h>

using namespace simdjson;

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

class reader {
public:
    reader(const csimdjson_events &events, void *context, size_t nesting)
        : events(events), context(context), nesting(nesting) {}

    csimdjson_outcome read(ondemand::document &document, const char *end) {
        bool scalar = false;
        if (document.is_scalar().get(scalar)) return csimdjson_malformed;
        if (!scalar) {
            auto outcome = container(document, 1);
            if (outcome) return outcome;
            return at_end(document) ? csimdjson_ok : csimdjson_malformed;
        }
        ondemand::json_type type;
        if (document.type().get(type)) return csimdjson_malformed;
        if (type == ondemand::json_type::string) {
            std::string_view text;
            if (document.get_string().get(text)) return csimdjson_malformed;
            if (!at_end(document)) return csimdjson_malformed;
            return going_on(events.string(context, text.data(), text.size()));
        }
        std::string_view token;
        if (document.raw_json_token().get(token)) return csimdjson_malformed;
        if (token.data() + token.size() != end) return csimdjson_malformed;
        return bare(token);
    }

private:
    const csimdjson_events &events;
    void *context;
    size_t nesting;

    static bool at_end(ondemand::document &document) {
        return document.current_location().error() == OUT_OF_BOUNDS;
    }

    static csimdjson_outcome going_on(bool goes_on) { return goes_on ? csimdjson_ok : csimdjson_stopped; }

    template <typename Value> csimdjson_outcome container(Value &value, size_t depth) {
        if (depth > nesting) return csimdjson_too_deep;
        ondemand::json_type type;
        if (value.type().get(type)) return csimdjson_malformed;
        if (type == ondemand::json_type::object) {
            ondemand::object members;
            if (value.get_object().get(members)) return csimdjson_malformed;
            return object(members, depth);
        }
        ondemand::array members;
        if (value.get_array().get(members)) return csimdjson_malformed;
        return array(members, depth);
    }

    csimdjson_outcome object(ondemand::object &members, size_t depth) {
        if (!events.start_object(context)) return csimdjson_stopped;
        for (auto result : members) {
            ondemand::field field;
            if (std::move(result).get(field)) return csimdjson_malformed;
            std::string_view key;
            if (field.unescaped_key().get(key)) return csimdjson_malformed;
            if (!events.key(context, key.data(), key.size())) return csimdjson_stopped;
            if (auto outcome = value(field.value(), depth)) return outcome;
        }
        return going_on(events.end_object(context));
    }

    csimdjson_outcome array(ondemand::array &members, size_t depth) {
        if (!events.start_array(context)) return csimdjson_stopped;
        for (auto result : members) {
            ondemand::value member;
            if (std::move(result).get(member)) return csimdjson_malformed;
            if (auto outcome = value(member, depth)) return outcome;
        }
        return going_on(events.end_array(context));
    }

    csimdjson_outcome value(ondemand::value &value, size_t depth) {
        ondemand::json_type type;
        if (value.type().get(type)) return csimdjson_malformed;
        switch (type) {
        case ondemand::json_type::object:
        case ondemand::json_type::array: return container(value, depth + 1);
        case ondemand::json_type::string: {
            std::string_view text;
            if (value.get_string().get(text)) return csimdjson_malformed;
            return going_on(events.string(context, text.data(), text.size()));
        }
        default: return bare(value.raw_json_token());
        }
    }

    csimdjson_outcome bare(std::string_view raw) {
        auto token = trimmed(raw);
        if (token.empty()) return csimdjson_malformed;
        switch (token.front()) {
        case 't':
        case 'f':
            if (token != "true" && token != "false") return csimdjson_malformed;
            return going_on(events.boolean(context, token.data(), token.size()));
        case 'n':
            if (token != "null") return csimdjson_malformed;
            return going_on(events.null(context));
        default:
            if (!is_number(token)) return csimdjson_malformed;
            return going_on(events.number(context, token.data(), token.size()));
        }
    }
};

} // namespace

csimdjson_outcome csimdjson_read(
    const uint8_t *bytes, size_t length, size_t nesting, const csimdjson_events *events, void *context,
    size_t *offset) {
    *offset = SIZE_MAX;
    // simdjson reads a little past the end; what it meets there must not look like JSON.
    std::unique_ptr<char[]> padded(new (std::nothrow) char[length + SIMDJSON_PADDING]);
    if (!padded) return csimdjson_no_memory;
    std::memcpy(padded.get(), bytes, length);
    std::memset(padded.get() + length, 0, SIMDJSON_PADDING);

    ondemand::parser parser;
    ondemand::document document;
    auto error = parser.iterate(padded.get(), length, length + SIMDJSON_PADDING).get(document);
    switch (error) {
    case SUCCESS: break;
    case UTF8_ERROR: return csimdjson_not_utf8;
    case MEMALLOC: return csimdjson_no_memory;
    default: return csimdjson_malformed;
    }
    auto outcome = reader(*events, context, nesting).read(document, padded.get() + length);
    const char *location = nullptr;
    if (outcome != csimdjson_ok && !document.current_location().get(location)) {
        *offset = static_cast<size_t>(location - padded.get());
    }
    return outcome;
}

#define CSIMDJSON_TEXT(token) #token
#define CSIMDJSON_TEXT_OF(macro) CSIMDJSON_TEXT(macro)

const char *csimdjson_version(void) { return CSIMDJSON_TEXT_OF(SIMDJSON_VERSION); }
