/// How far two readings of the same facts agree, over a family of pairs.
struct Agreement: CustomStringConvertible {
    let family: String
    private(set) var pairs = 0
    private(set) var items = 0
    private(set) var equal = 0
    /// Where they differ, for whoever looks into a figure that fell; nothing of the items themselves.
    private(set) var differences: [String] = []

    init(_ family: String) { self.family = family }

    /// One pair was compared.
    mutating func add(pair: String, items count: Int, equal twins: Int, differences found: [String] = []) {
        pairs += 1
        items += count
        equal += twins
        differences += found.map { "\(pair): \($0)" }
    }

    /// A pair that could not be compared counts as one item without a twin.
    mutating func addUnread(pair: String) { add(pair: pair, items: 1, equal: 0, differences: ["not read"]) }

    /// Whether at least `share` of 100 items have their equal twin; never without an item.
    func reaches(_ share: Int) -> Bool { items > 0 && equal * 100 >= items * share }

    var description: String { "corpus: agreement \(family) \(equal) of \(items) items over \(pairs) pairs" }
}
