/// An open-addressing hash table from the bytes of a name to its symbol. It compares bytes in place, so that looking a
/// name up never makes a String.
struct SymbolTable: Sendable {
    private struct Slot {
        var hash: UInt32 = 0
        var offset: UInt32 = 0
        var length: UInt32 = 0
        var symbol: UInt32 = .max
    }

    private var slots = [Slot](repeating: Slot(), count: 64)
    private var bytes: [UInt8] = []
    private var count = 0

    /// - Returns: whether the name was new.
    mutating func insert(_ name: UnsafeRawBufferPointer, _ symbol: Symbol) -> Bool {
        if count * 2 >= slots.count { grow() }
        let hash = Self.hash(name, lowercasing: false)
        var index = Int(hash) & (slots.count - 1)
        while slots[index].symbol != .max {
            if slots[index].hash == hash, matches(slots[index], name, lowercasing: false) { return false }
            index = (index + 1) & (slots.count - 1)
        }
        slots[index] = Slot(
            hash: hash, offset: UInt32(bytes.count), length: UInt32(name.count), symbol: symbol.rawValue)
        bytes.append(contentsOf: name)
        count += 1
        return true
    }

    func find(_ name: UnsafeRawBufferPointer, lowercasing: Bool) -> Symbol? {
        guard count > 0 else { return nil }
        let hash = Self.hash(name, lowercasing: lowercasing)
        return slots.withUnsafeBufferPointer { slots in
            var index = Int(hash) & (slots.count - 1)
            while slots[index].symbol != .max {
                if slots[index].hash == hash, matches(slots[index], name, lowercasing: lowercasing) {
                    return Symbol(rawValue: slots[index].symbol)
                }
                index = (index + 1) & (slots.count - 1)
            }
            return nil
        }
    }

    private func matches(_ slot: Slot, _ name: UnsafeRawBufferPointer, lowercasing: Bool) -> Bool {
        guard Int(slot.length) == name.count else { return false }
        return bytes.withUnsafeBufferPointer { stored in
            for index in 0..<name.count {
                let byte = lowercasing ? Vocabulary.lowercased(name[index]) : name[index]
                if stored[Int(slot.offset) + index] != byte { return false }
            }
            return true
        }
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.symbol != .max {
            var index = Int(slot.hash) & (slots.count - 1)
            while slots[index].symbol != .max { index = (index + 1) & (slots.count - 1) }
            slots[index] = slot
        }
    }

    /// FNV-1a, which is short enough for names of a few letters.
    private static func hash(_ name: UnsafeRawBufferPointer, lowercasing: Bool) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in name {
            hash = (hash ^ UInt32(lowercasing ? Vocabulary.lowercased(byte) : byte)) &* 16_777_619
        }
        return hash
    }
}
