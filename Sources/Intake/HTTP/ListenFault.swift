import Glibc
import NIOCore

/// The receiver cannot listen where it is told to.
package struct ListenFault: Error, Sendable, CustomStringConvertible {
    package let address: String
    package let port: Int
    let cause: String

    init(address: String, port: Int, error: any Error) {
        self.address = address
        self.port = port
        if let number = (error as? IOError)?.errnoCode {
            cause = String(cString: strerror(number))
        } else {
            cause = "\(type(of: error))"
        }
    }

    package var description: String {
        "listen: cannot listen on \(address) port \(port): \(cause) "
            + "(another program may have the port, or the address is not this machine's; see gateway.listen)"
    }
}
