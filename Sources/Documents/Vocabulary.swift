/// An interned name. Equal symbols of one ``Vocabulary`` mean equal names, so that a compiled path compares numbers.
package struct Symbol: Hashable, Sendable, BitwiseCopyable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The name of a root, and of the members of a root array.
    package static let none = Symbol(rawValue: 0)
}

/// The names that compiled mappings ask for. It is made once, when mappings are read, and shared by every tree read
/// afterwards; names that only a document knows are kept by that document's tree.
package final class Vocabulary: Sendable {
    /// Every name by its symbol; the first is the empty name.
    package let names: [String]
    private let table: SymbolTable
    private let folded: SymbolTable

    /// - Parameter names: the names in any order; repetitions are ignored.
    package init(_ names: some Sequence<String> = []) {
        var table = SymbolTable()
        var folded = SymbolTable()
        var ordered: [String] = []
        for name in [""] + Array(names) {
            let bytes = Array(name.utf8)
            let symbol = Symbol(rawValue: UInt32(ordered.count))
            guard bytes.withUnsafeBytes({ table.insert($0, symbol) }) else { continue }
            ordered.append(name)
            let lowered = bytes.map(Self.lowercased)
            _ = lowered.withUnsafeBytes { folded.insert($0, symbol) }
        }
        self.names = ordered
        self.table = table
        self.folded = folded
    }

    package var count: Int { names.count }

    /// - Precondition: the symbol is one of this vocabulary's.
    package func name(_ symbol: Symbol) -> String { names[Int(symbol.rawValue)] }

    package func symbol(_ name: String) -> Symbol? {
        var name = name
        return name.withUTF8 { symbol(UnsafeRawBufferPointer($0)) }
    }

    package func symbol(_ bytes: UnsafeRawBufferPointer) -> Symbol? { table.find(bytes, lowercasing: false) }

    /// The symbol that stands for every spelling of a name that differs only in the case of ASCII letters.
    package func foldedSymbol(_ bytes: UnsafeRawBufferPointer) -> Symbol? { folded.find(bytes, lowercasing: true) }

    package func foldedSymbol(_ name: String) -> Symbol? {
        var name = name
        return name.withUTF8 { foldedSymbol(UnsafeRawBufferPointer($0)) }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
}
