/// An open-addressing hash table from the address of an interned string to a number.
final class AddressTable {
    /// The table as it is now, for whoever looks things up again and again; the table's next insertion makes it stale.
    struct Slots: BitwiseCopyable {
        fileprivate struct Slot: BitwiseCopyable {
            var address: UInt = 0
            var value: UInt32 = 0
        }

        fileprivate let slots: UnsafeMutablePointer<Slot>
        fileprivate let mask: Int

        fileprivate init(capacity: Int) {
            slots = .allocate(capacity: capacity)
            slots.initialize(repeating: Slot(), count: capacity)
            mask = capacity - 1
        }

        subscript(address: UnsafePointer<UInt8>) -> UInt32? {
            let key = UInt(bitPattern: address)
            let slot = slot(of: key).pointee
            return slot.address == key ? slot.value : nil
        }

        /// Where a key is, or where it would go.
        fileprivate func slot(of key: UInt) -> UnsafeMutablePointer<Slot> {
            // Fibonacci hashing: the low bits of an address say little.
            var index = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> 32) & mask
            while slots[index].address != 0, slots[index].address != key { index = (index &+ 1) & mask }
            return slots + index
        }
    }

    private(set) var slots = Slots(capacity: 64)
    private var count = 0

    deinit { slots.slots.deallocate() }

    subscript(address: UnsafePointer<UInt8>) -> UInt32? { slots[address] }

    func insert(_ address: UnsafePointer<UInt8>, _ value: UInt32) {
        if count * 2 > slots.mask { grow() }
        let key = UInt(bitPattern: address)
        slots.slot(of: key).pointee = Slots.Slot(address: key, value: value)
        count += 1
    }

    private func grow() {
        let old = slots
        slots = Slots(capacity: (old.mask + 1) * 2)
        for index in 0...old.mask where old.slots[index].address != 0 {
            slots.slot(of: old.slots[index].address).pointee = old.slots[index]
        }
        old.slots.deallocate()
    }
}
