/// An open-addressing hash table from the address of an interned string to a number.
struct AddressTable {
    private var keys = [UInt](repeating: 0, count: 64)
    private var values = [UInt32](repeating: 0, count: 64)
    private var count = 0

    subscript(address: UnsafePointer<UInt8>) -> UInt32? {
        let key = UInt(bitPattern: address)
        let index = slot(of: key)
        return keys[index] == key ? values[index] : nil
    }

    mutating func insert(_ address: UnsafePointer<UInt8>, _ value: UInt32) {
        if count * 2 >= keys.count { grow() }
        let key = UInt(bitPattern: address)
        let index = slot(of: key)
        keys[index] = key
        values[index] = value
        count += 1
    }

    /// Where a key is, or where it would go.
    private func slot(of key: UInt) -> Int {
        // Fibonacci hashing: the low bits of an address say little.
        let mask = keys.count - 1
        var index = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
        while keys[index] != 0, keys[index] != key { index = (index + 1) & mask }
        return index
    }

    private mutating func grow() {
        let oldKeys = keys
        let oldValues = values
        keys = [UInt](repeating: 0, count: oldKeys.count * 2)
        values = [UInt32](repeating: 0, count: oldKeys.count * 2)
        for (key, value) in zip(oldKeys, oldValues) where key != 0 {
            let index = slot(of: key)
            keys[index] = key
            values[index] = value
        }
    }
}
