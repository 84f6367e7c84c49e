import ArgumentParser
import Foundation
import GatewayService

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say everything that is wrong in the configuration, the mappings and the samples.",
        discussion: """
            Every mapping must have a sample, every sample an expected file, and each sample must be read as that file \
            says. Without --samples the samples are those in the folder Samples beside the mappings; where there is \
            none, only configuration and mappings are looked at.

            Exit status: 0 when nothing was found, 1 when anything was, warnings too, 64 for wrong usage.

            Example: hatchway check --mappings Mappings --samples Samples
            """)

    @OptionGroup var mappings: MappingOptions

    @Option(help: "A folder of samples; it may be given several times.", completion: .directory)
    var samples: [String] = []

    @Flag(help: "Write down what ids are made of (ids.lock), after a new mapping or a `renumber`.")
    var recordIds = false

    func run() throws {
        var check = GatewayCheck()
        var configuration: GatewayConfiguration?
        if let path = mappings.config ?? Self.installedConfiguration {
            configuration = check.configuration(path, environment: ProcessInfo.processInfo.environment)
        }
        // A configuration that cannot be read does not say which mappings are meant.
        if check.findings.isEmpty || configuration != nil || !mappings.mappings.isEmpty {
            check.mappings(
                mappings.folders(configuration), samples: samples, limits: mappings.limits(configuration),
                recordingIds: recordIds)
        }
        for finding in check.findings { printResult("\(finding)\n") }
        printResult("\(check.summary)\n")
        throw check.findings.isEmpty ? ExitCode.success : ExitCode(1)
    }

    private static var installedConfiguration: String? {
        let path = "/etc/hatchway/hatchway.yaml"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}
