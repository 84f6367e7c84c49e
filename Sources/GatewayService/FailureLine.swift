import HTTPTransfer
import Intake
import Storage

/// What an operator reads about a failure that stops the daemon: operation, place and hint, in one line.
package enum FailureLine {
    package static func text(for failure: any Error) -> String {
        switch failure {
        case let fault as StoreFault: fault.description
        case let fault as ListenFault: fault.description
        case let fault as LogFileFault: fault.description
        case let fault as StatusFileFault: fault.description
        case let fault as HTTPTransferFault:
            "delivery: the HTTP client cannot be started: \(fault) (is there memory, and are there file descriptors left?)"
        // An error of somebody else's could carry anything, and more than one line of it.
        default: "serve: stopped by \(type(of: failure)) (the last lines of the log say what was under way)"
        }
    }
}
