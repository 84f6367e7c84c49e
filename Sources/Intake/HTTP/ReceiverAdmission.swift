import Synchronization

/// Bounds what is in progress (architecture, invariant 7): requests, and bytes of their bodies in memory.
final class ReceiverAdmission: Sendable {
    private struct Load {
        var requests = 0
        var bytes = 0
    }

    private let requestLimit: Int
    private let byteLimit: Int
    private let load = Mutex(Load())

    init(requests: Int, bytes: Int) {
        requestLimit = requests
        byteLimit = bytes
    }

    /// - Returns: false when as many requests as allowed are in progress. Otherwise ``leave(bytes:)`` must follow.
    func enter() -> Bool {
        load.withLock { load in
            guard load.requests < requestLimit else { return false }
            load.requests += 1
            return true
        }
    }

    /// - Returns: false when the bytes do not fit, and none of them are counted.
    func reserve(bytes: Int) -> Bool {
        load.withLock { load in
            guard load.bytes + bytes <= byteLimit else { return false }
            load.bytes += bytes
            return true
        }
    }

    /// - Parameter bytes: everything that the request had reserved.
    func leave(bytes: Int) {
        load.withLock { load in
            load.requests -= 1
            load.bytes -= bytes
        }
    }
}
