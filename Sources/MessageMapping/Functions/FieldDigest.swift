/// A digest of a few texts that names a thing without an id of its own. It tells rows of one message and their earlier
/// versions apart, nothing more: FNV-1a over 128 bits, which is not a secret and needs none.
enum FieldDigest {
    static func hex(of parts: [String]) -> String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for part in parts {
            for byte in part.utf8 { hash = (hash ^ UInt128(byte)) &* prime }
            // A separator that no text contains, so that ("a", "b") is not ("ab", "").
            hash = (hash ^ 0xFF) &* prime
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b
}
