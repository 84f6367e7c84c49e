import Glibc

/// A complete file that waits to be taken.
struct Candidate: Sendable {
    /// The folders on the way to it, from the source's.
    let folders: [String]
    let name: String
    let stamp: FileStamp
    /// What its path says.
    let context: [String: String]
    /// The name of the file beside it that says more, if there is one.
    let sidecar: String?
}

/// Looks through a folder for complete files. It never follows a symbolic link and never leaves the folder.
struct FolderScan {
    /// Names looked at in one scan.
    static let entryLimit = 200_000
    /// Files found in one scan; the others wait for the next.
    static let candidateLimit = 1024

    let pattern: FolderPattern
    /// Nanoseconds since 1970.
    let time: Int64
    private(set) var settling: SettlePolicy
    /// Inodes of entries whose names are not UTF-8; at most ``UnreadableNames/limit``.
    private(set) var unreadable: Set<UInt64> = []
    private var found: [Candidate] = []
    private var entries = 0

    init(pattern: FolderPattern, settling: SettlePolicy, time: Int64) {
        self.pattern = pattern
        self.settling = settling
        self.time = time
    }

    /// Blocks on the disk.
    /// - Returns: the files, the one that was modified first at the front.
    mutating func run(root: Int32) throws -> [Candidate] {
        found = []
        unreadable = []
        entries = 0
        try look(into: root, folders: [], context: [:])
        settling.endLook()
        return found.sorted { ($0.stamp.modified, $0.name) < ($1.stamp.modified, $1.name) }
    }

    private mutating func look(into folder: Int32, folders: [String], context: [String: String]) throws {
        let depth = folders.count
        let isLast = depth == pattern.segments.count - 1
        let names = try self.names(in: folder)
        let known = isLast ? Set(names) : []
        for name in names where found.count < Self.candidateLimit {
            guard let captured = pattern.captures(of: name, at: depth) else { continue }
            let context = context.merging(captured) { $1 }
            if isLast {
                guard MessageFileName.isMessage(name), let stamp = FileStamp(of: name, in: folder) else { continue }
                let sidecar = MessageFileName.sidecar(of: name)
                let hasSidecar = known.contains(sidecar)
                let path = (folders + [name]).joined(separator: "/")
                guard settling.isComplete(path, stamp, at: time) else { continue }
                if hasSidecar, let stamp = FileStamp(of: sidecar, in: folder),
                    !settling.isComplete((folders + [sidecar]).joined(separator: "/"), stamp, at: time)
                {
                    continue
                }
                found.append(
                    Candidate(
                        folders: folders, name: name, stamp: stamp, context: context,
                        sidecar: hasSidecar ? sidecar : nil))
            } else if let inner = Self.innerFolder(name, in: folder) {
                try look(into: inner.raw, folders: folders + [name], context: context)
            }
        }
    }

    private static func innerFolder(_ name: String, in folder: Int32) -> Descriptor? {
        let raw = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        return raw >= 0 ? Descriptor(owning: raw) : nil
    }

    private mutating func names(in folder: Int32) throws -> [String] {
        // The stream closes its descriptor and moves its offset, so it gets one of its own.
        let own = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { throw FileFault("open the folder") }
        guard let stream = fdopendir(own) else {
            close(own)
            throw FileFault("list the folder")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while entries < Self.entryLimit, let entry = readdir(stream) {
            entries += 1
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            if let name {
                if !name.hasPrefix(".") { names.append(name) }
            } else if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")),
                unreadable.count < UnreadableNames.limit
            {
                unreadable.insert(UInt64(entry.pointee.d_ino))
            }
        }
        return names
    }
}

/// What the name of a file says about its part.
enum MessageFileName {
    private static let sidecarEnding = ".context.json"
    private static let unfinishedEndings = [".tmp", ".part", ".partial"]

    /// Whether a file of this name can be a message: it is not hidden, not being written, and not a sidecar.
    static func isMessage(_ name: String) -> Bool {
        let lower = name.lowercased()
        return !name.hasPrefix(".") && !lower.hasSuffix(sidecarEnding)
            && !unfinishedEndings.contains { lower.hasSuffix($0) }
    }

    /// The name of the sidecar: `two-booked.context.json` for `two-booked.xml`.
    static func sidecar(of name: String) -> String { stem(name) + sidecarEnding }

    /// The ending that a file of ours may keep, with its dot: only well-known ones, since any other may carry a name.
    static func ending(of name: String) -> String {
        let ending = String(name.dropFirst(stem(name).count)).lowercased()
        return [".xml", ".json", ".hl7", ".txt", ".ndjson", ".jsonl", ".csv"].contains(ending) ? ending : ""
    }

    private static func stem(_ name: String) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
        return String(name[..<dot])
    }
}
