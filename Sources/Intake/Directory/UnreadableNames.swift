/// Remembers which entries with unreadable names were told of, so that each is told of once while the folder is open.
struct UnreadableNames: Sendable {
    /// Inodes that are remembered; beyond it nothing more is told.
    static let limit = 4096

    private var known: Set<UInt64> = []

    /// - Returns: how many of the entries found in a look, given by inode, were not told of before.
    mutating func news(in found: Set<UInt64>) -> Int {
        let before = known.count
        for inode in found where known.count < Self.limit { known.insert(inode) }
        return known.count - before
    }
}
