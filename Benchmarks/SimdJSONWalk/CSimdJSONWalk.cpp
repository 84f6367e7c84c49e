#include "CSimdJSONWalk.h"

#include <cstring>
#include <string_view>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

namespace {

struct walk {
    size_t values = 0;
    // Keeps the compiler from leaving out what is read.
    size_t bytes = 0;

    template <typename Value> bool over(Value &&value) {
        values++;
        ondemand::json_type type;
        if (value.type().get(type)) return false;
        switch (type) {
        case ondemand::json_type::object: {
            ondemand::object members;
            if (value.get_object().get(members)) return false;
            for (auto result : members) {
                ondemand::field field;
                if (std::move(result).get(field)) return false;
                std::string_view key;
                if (field.unescaped_key().get(key)) return false;
                bytes += key.size();
                if (!over(field.value())) return false;
            }
            return true;
        }
        case ondemand::json_type::array: {
            ondemand::array members;
            if (value.get_array().get(members)) return false;
            for (auto result : members) {
                ondemand::value member;
                if (std::move(result).get(member)) return false;
                if (!over(member)) return false;
            }
            return true;
        }
        case ondemand::json_type::string: {
            std::string_view text;
            if (value.get_string().get(text)) return false;
            bytes += text.size();
            return true;
        }
        default: {
            std::string_view token;
            if (simdjson_result<std::string_view>(value.raw_json_token()).get(token)) return false;
            bytes += token.size();
            return true;
        }
        }
    }
};

} // namespace

size_t csimdjsonwalk_count(const uint8_t *bytes, size_t length) {
    static thread_local ondemand::parser parser;
    static thread_local std::vector<char> padded;
    if (padded.size() < length + SIMDJSON_PADDING) padded.resize(length + SIMDJSON_PADDING);
    std::memcpy(padded.data(), bytes, length);
    std::memset(padded.data() + length, 0, SIMDJSON_PADDING);
    ondemand::document document;
    if (parser.iterate(padded.data(), length, padded.size()).get(document)) return 0;
    walk walk;
    if (!walk.over(document)) return 0;
    return walk.bytes == SIZE_MAX ? 0 : walk.values;
}
