import Glibc

/// The source's folder and the folder `.hatchway` in it that belongs to the gateways reading it:
///
///     .hatchway/<owner>/lock          held with flock by the owner while it lives
///     .hatchway/<owner>/<id>.claim    what is known of a file
///     .hatchway/<owner>/<id>.body     the file
///     .hatchway/archive/<day>/        accepted files, under their message's id
///     .hatchway/refused/              files that are no messages
///
/// No name of ours carries anything about a patient. Every call blocks on the disk.
final class Workspace: Sendable {
    let root: Descriptor
    let own: Descriptor

    init(path: String) throws {
        let raw = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { throw FileFault("open the folder") }
        root = Descriptor(owning: raw)
        own = try Descriptor.ownFolder(".hatchway", in: raw)
    }

    /// Makes sure that what is open is still what the path leads to: a folder that was removed, renamed or mounted over
    /// looks empty for ever through its old descriptor.
    func check(path: String) throws {
        guard let there = Descriptor.status(of: path, in: AT_FDCWD, 0) else { throw FileFault("find the folder") }
        guard let ownThere = Descriptor.status(of: ".hatchway", in: root.raw, AT_SYMLINK_NOFOLLOW) else {
            throw FileFault("find the folder of the gateway")
        }
        guard try root.isSame(as: there), try own.isSame(as: ownThere) else {
            throw FileFault("find the same folder as before", number: ESTALE)
        }
    }

    /// Opens a folder below the source's, one name at a time and never through a symbolic link.
    func open(_ folders: [String]) throws -> Descriptor {
        var folder = try Descriptor.folder(".", in: root.raw, operation: "open the folder")
        for name in folders {
            folder = try Descriptor.folder(name, in: folder.raw, operation: "open a folder in the folder")
        }
        return folder
    }

    /// The folders of owners: those whose name is a UUID.
    func owners() throws -> [String] {
        let raw = openat(own.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { throw FileFault("open the folder") }
        return try FolderListing.names(owning: raw).filter(FolderListing.isIdentifier)
    }
}

/// Lists the gateway's own folders, whose names are known to be plain.
enum FolderListing {
    /// Takes the descriptor over.
    static func names(owning raw: Int32) throws -> [String] {
        guard let stream = fdopendir(raw) else {
            close(raw)
            throw FileFault("list a folder of the gateway")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while names.count < FolderScan.entryLimit, let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(validatingCString: $0) }
            }
            if let name { names.append(name) }
        }
        return names
    }

    /// Whether a name is a UUID in lower case.
    static func isIdentifier(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return bytes.count == 36
            && bytes.enumerated().allSatisfy { index, byte in
                switch index {
                case 8, 13, 18, 23: byte == UInt8(ascii: "-")
                default:
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
                }
            }
    }
}
