import CanonicalModel
import Foundation
import Storage

/// Accepts messages into the store named by its first argument until it is killed, and prints the body of each one only
/// after it was acknowledged. Bodies begin with the second argument, so that no two runs make the same one.
@main
struct StoreCrashProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { exit(2) }
        let store = try await SQLiteMessageStore.open(at: arguments[1])
        let run = arguments[2]
        try await withThrowingTaskGroup { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0... {
                        let body = "\(run)-\(writer)-\(number)"
                        let arrival = Arrival(
                            source: "probe", body: Array(body.utf8), transport: TransportContext(),
                            deliveryKey: body, acceptedAt: Date())
                        _ = try await store.accept(arrival)
                        try FileHandle.standardOutput.write(contentsOf: Data("\(body)\n".utf8))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
