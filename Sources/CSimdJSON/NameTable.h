#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

// The symbols of names, by a hash that the caller has computed. It forgets rather than grows without bound or searches
// long: a name that is not in it is asked for again.
class name_table {
public:
    // Returns NULL when the name is not there.
    const uint32_t *find(uint64_t hash, std::string_view name) const {
        for (size_t probe = 0; probe < probes; probe++) {
            const slot &slot = slots[(hash + probe) & (capacity - 1)];
            if (slot.generation != generation) return nullptr;
            if (slot.hash == hash && slot.length == name.size()
                && std::memcmp(bytes.data() + slot.offset, name.data(), name.size()) == 0) {
                return &slot.symbol;
            }
        }
        return nullptr;
    }

    void insert(uint64_t hash, std::string_view name, uint32_t symbol) {
        if (bytes.size() + name.size() > byte_limit) return;
        for (size_t probe = 0; probe < probes; probe++) {
            slot &slot = slots[(hash + probe) & (capacity - 1)];
            if (slot.generation == generation) continue;
            slot = {hash, static_cast<uint32_t>(bytes.size()), static_cast<uint32_t>(name.size()), symbol, generation};
            bytes.insert(bytes.end(), name.begin(), name.end());
            return;
        }
    }

    void clear() {
        generation++;
        bytes.clear();
        if (generation == 0) {
            slots.assign(capacity, slot());
            generation = 1;
        }
    }

private:
    struct slot {
        uint64_t hash = 0;
        uint32_t offset = 0;
        uint32_t length = 0;
        uint32_t symbol = 0;
        uint32_t generation = 0;
    };

    static constexpr size_t capacity = 1024;
    static constexpr size_t probes = 8;
    static constexpr size_t byte_limit = 64 << 10;

    std::vector<slot> slots = std::vector<slot>(capacity);
    std::vector<char> bytes;
    uint32_t generation = 1;
};
