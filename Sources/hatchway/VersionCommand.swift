import ArgumentParser
import GatewayService

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Say which version this is and what it is built on.",
        discussion: "Example: hatchway version")

    func run() {
        printResult("hatchway \(GatewayVersion.text)\n")
        for part in GatewayVersion.parts { printResult("\(part.name) \(part.version)\n") }
    }
}
