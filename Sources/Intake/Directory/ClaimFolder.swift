import CanonicalModel
import Glibc

import struct Foundation.Data
import struct Foundation.Date
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder
import struct Foundation.UUID

/// The claims of one owner, and the lock that says it lives. Every call blocks on the disk.
///
/// The order of its steps keeps invariants 1 and 2 (architecture.md) through a crash at any of them:
/// 1. the claim is written and on the disk before the file is renamed to it: a body always has a claim;
/// 2. the rename is on the disk before the message is accepted: an accepted file never comes back under its old name,
///    to be taken again under another key;
/// 3. the body is archived or deleted before the claim is removed: a claim without a body is finished and is dropped.
final class ClaimFolder: Sendable {
    static let sidecarLimit = 64 << 10

    let workspace: Workspace
    private let name: String
    private let folder: Descriptor
    private let lock: Descriptor

    private init(workspace: Workspace, name: String, folder: consuming Descriptor, lock: consuming Descriptor) {
        self.workspace = workspace
        self.name = name
        self.folder = folder
        self.lock = lock
    }

    // MARK: Owning

    /// Makes a folder for a new owner. It gets its name only once its lock is held: no one can take it for a dead one's.
    static func create(in workspace: Workspace) throws -> ClaimFolder {
        let name = identifier()
        let folder = try Descriptor.ownFolder("\(name).new", in: workspace.own.raw)
        let raw = openat(folder.raw, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw FileFault("create a lock") }
        let lock = Descriptor(owning: raw)
        guard flock(raw, LOCK_EX | LOCK_NB) == 0 else { throw FileFault("hold a lock") }
        guard renameat(workspace.own.raw, "\(name).new", workspace.own.raw, name) == 0 else {
            throw FileFault("name a folder of the gateway")
        }
        try workspace.own.sync()
        return ClaimFolder(workspace: workspace, name: name, folder: folder, lock: lock)
    }

    /// Takes over the folder of an owner that died.
    /// - Returns: nil when the owner lives, or somebody else was faster.
    static func adopt(_ name: String, in workspace: Workspace) throws -> ClaimFolder? {
        let raw = openat(workspace.own.raw, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let folder = Descriptor(owning: raw)
        let handle = openat(raw, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard handle >= 0 else { return nil }
        let lock = Descriptor(owning: handle)
        guard flock(handle, LOCK_EX | LOCK_NB) == 0 else { return nil }
        return ClaimFolder(workspace: workspace, name: name, folder: folder, lock: lock)
    }

    /// Removes the folder if nothing is claimed in it. The lock is held until the folder is gone.
    func removeIfEmpty() {
        guard let names = try? names(), !names.contains(where: { $0.hasSuffix(".claim") || $0.hasSuffix(".body") })
        else { return }
        _ = unlinkat(folder.raw, "lock", 0)
        _ = unlinkat(workspace.own.raw, name, AT_REMOVEDIR)
    }

    private func names() throws -> [String] {
        let raw = openat(folder.raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { throw FileFault("open a folder of the gateway") }
        return try FolderListing.names(owning: raw)
    }

    private static func identifier() -> String { UUID().uuidString.lowercased() }

    // MARK: Claiming

    /// Takes a file.
    /// - Returns: nil when somebody else took it, or it changed since it was looked at.
    func claim(_ candidate: Candidate, at time: Date) throws -> Claim? {
        let parent = try workspace.open(candidate.folders)
        var context = TransportContext(candidate.context)
        var refusal: String?
        var sidecar: Claim.Sidecar?
        if let name = candidate.sidecar, let stamp = FileStamp(of: name, in: parent.raw) {
            sidecar = Claim.Sidecar(folders: candidate.folders, name: name, stamp: stamp)
            if let overlay = try Self.readSidecar(name, in: parent.raw) {
                context = context.overlaid(with: overlay)
            } else {
                refusal = "context-unreadable"
            }
        }
        let claim = Claim(
            id: Self.identifier(), context: context, acceptedAt: time,
            ending: MessageFileName.ending(of: candidate.name), sidecar: sidecar, refusal: refusal)
        try write(claim)
        guard renameat(parent.raw, candidate.name, folder.raw, claim.bodyName) == 0 else {
            let fault = FileFault("take a file")
            drop(claim)
            if fault.number == ENOENT { return nil }
            throw fault
        }
        guard
            FileStamp(of: claim.bodyName, in: folder.raw) == candidate.stamp
                || !putBack(claim, candidate, in: parent.raw)
        else { return nil }
        try folder.sync()
        try parent.sync()
        return claim
    }

    private func write(_ claim: Claim) throws {
        let raw = openat(folder.raw, claim.recordName, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard raw >= 0 else { throw FileFault("create a claim") }
        let file = Descriptor(owning: raw)
        try file.write(Array(JSONEncoder().encode(claim)))
        try file.sync()
        try folder.sync()
    }

    /// Gives a file that is still being written, under a name that was complete a moment ago, back to its writer.
    /// - Returns: false when its name is taken by now: the file stays claimed.
    private func putBack(_ claim: Claim, _ candidate: Candidate, in parent: Int32) -> Bool {
        guard linkat(folder.raw, claim.bodyName, parent, candidate.name, 0) == 0 else { return false }
        _ = unlinkat(folder.raw, claim.bodyName, 0)
        drop(claim)
        return true
    }

    private func drop(_ claim: Claim) { _ = unlinkat(folder.raw, claim.recordName, 0) }

    /// - Returns: nil when it is not a flat JSON object of strings.
    private static func readSidecar(_ name: String, in parent: Int32) throws -> TransportContext? {
        guard let file = try Descriptor.file(name, in: parent) else { return nil }
        let content = try file.read(limit: sidecarLimit)
        guard content.count <= sidecarLimit else { return nil }
        return (try? JSONDecoder().decode([String: String].self, from: Data(content))).map { TransportContext($0) }
    }

    // MARK: Finding and finishing

    /// The claims that lie here with their bodies. What was finished is dropped; a body whose claim cannot be read, which
    /// only a damaged disk can cause, comes back as a claim that is to be refused.
    func unfinished() throws -> [Claim] {
        let names = Set(try names())
        var claims: [Claim] = []
        for name in names where name.hasSuffix(".claim") {
            let id = String(name.dropLast(6))
            let bodyName = "\(id).body"
            guard names.contains(bodyName) else {
                _ = unlinkat(folder.raw, name, 0)
                continue
            }
            let content = try Descriptor.file(name, in: folder.raw)?.read(limit: 1 << 20) ?? []
            let claim = try? JSONDecoder().decode(Claim.self, from: Data(content))
            claims.append(
                claim
                    ?? Claim(
                        id: id, context: TransportContext(), acceptedAt: Date(timeIntervalSince1970: 0), ending: "",
                        sidecar: nil, refusal: "context-unreadable"))
        }
        return claims.sorted { ($0.acceptedAt, $0.id) < ($1.acceptedAt, $1.id) }
    }

    /// - Returns: the body, or nil when it is not a regular file. A body over `limit` comes back one byte over it.
    func body(of claim: Claim, limit: Int) throws -> [UInt8]? {
        try Descriptor.file(claim.bodyName, in: folder.raw)?.read(limit: limit)
    }

    /// The body piece by piece, for one that may be larger than memory.
    func pieces(of claim: Claim) throws -> FilePieces {
        guard let file = try Descriptor.file(claim.bodyName, in: folder.raw) else {
            throw FileFault("open a file", number: ENOENT)
        }
        return FilePieces(file)
    }

    /// Ends a claim whose message is accepted: the file goes into the archive's folder of that day under `name`, without
    /// its ending, or is deleted when there is no name.
    func finish(_ claim: Claim, archiveAs name: String?, day: String) throws {
        if let name {
            let archive = try Descriptor.ownFolder("archive", in: workspace.own.raw)
            let target = try Descriptor.ownFolder(day, in: archive.raw)
            try move(claim.bodyName, to: name + claim.ending, in: target.raw)
        } else if unlinkat(folder.raw, claim.bodyName, 0) != 0, errno != ENOENT {
            throw FileFault("delete a file")
        }
        try withSidecar(of: claim) { parent, name in _ = unlinkat(parent, name, 0) }
        drop(claim)
    }

    /// Ends a claim whose file is no message: the file and its sidecar are kept aside under the claim's id.
    func refuse(_ claim: Claim) throws {
        let refused = try Descriptor.ownFolder("refused", in: workspace.own.raw)
        let id = claim.id
        let target = refused.raw
        try withSidecar(of: claim) { parent, name in _ = renameat(parent, name, target, "\(id).context.json") }
        try move(claim.bodyName, to: id + claim.ending, in: target)
        drop(claim)
    }

    private func move(_ name: String, to newName: String, in target: Int32) throws {
        guard renameat(folder.raw, name, target, newName) == 0 || errno == ENOENT else {
            throw FileFault("move a file")
        }
    }

    /// Does something to the sidecar that came with a claim, unless another has taken its name since.
    private func withSidecar(of claim: Claim, _ body: (Int32, String) -> Void) throws {
        guard let sidecar = claim.sidecar, let parent = try? workspace.open(sidecar.folders),
            FileStamp(of: sidecar.name, in: parent.raw) == sidecar.stamp
        else { return }
        body(parent.raw, sidecar.name)
    }
}
