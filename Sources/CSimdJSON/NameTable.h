#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

// The symbols of names, by a hash that the caller has computed. It forgets rather than grows without bound or searches
// long: a name that is not in it is asked for again. Seven bytes behind a name may be read.
class name_table {
public:
    // Returns NULL when the name is not there.
    const uint32_t *find(uint64_t hash, std::string_view name) const {
        for (size_t probe = 0; probe < probes; probe++) {
            const slot &slot = slots[(hash + probe) & (capacity - 1)];
            if (slot.generation != generation) return nullptr;
            if (slot.hash == hash && slot.length == name.size() && is_equal(slot, name)) return &slot.symbol;
        }
        return nullptr;
    }

    void insert(uint64_t hash, std::string_view name, uint32_t symbol) {
        if (words.size() + name.size() / 8 + 1 > word_limit) return;
        for (size_t probe = 0; probe < probes; probe++) {
            slot &slot = slots[(hash + probe) & (capacity - 1)];
            if (slot.generation == generation) continue;
            auto first = static_cast<uint32_t>(words.size());
            for (size_t at = 0; at < name.size(); at += 8) words.push_back(word(name, at));
            slot = {hash, first, static_cast<uint32_t>(name.size()), symbol, generation};
            return;
        }
    }

    void clear() {
        generation++;
        words.clear();
        if (generation == 0) {
            slots.assign(capacity, slot());
            generation = 1;
        }
    }

    // Eight bytes of a name, with zeros behind its end.
    static uint64_t word(std::string_view name, size_t at) {
        uint64_t word;
        std::memcpy(&word, name.data() + at, 8);
        size_t left = name.size() - at;
        return left >= 8 ? word : word & ~(~uint64_t(0) << (8 * left));
    }

private:
    struct slot {
        uint64_t hash = 0;
        uint32_t first_word = 0;
        uint32_t length = 0;
        uint32_t symbol = 0;
        uint32_t generation = 0;
    };

    bool is_equal(const slot &slot, std::string_view name) const {
        const uint64_t *known = words.data() + slot.first_word;
        for (size_t at = 0; at < name.size(); at += 8) {
            if (*known++ != word(name, at)) return false;
        }
        return true;
    }

    static constexpr size_t capacity = 1024;
    static constexpr size_t probes = 8;
    static constexpr size_t word_limit = 8 << 10;

    std::vector<slot> slots = std::vector<slot>(capacity);
    std::vector<uint64_t> words;
    uint32_t generation = 1;
};
