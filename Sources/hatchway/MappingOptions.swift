import ArgumentParser
import Documents
import Foundation
import GatewayService
import MessageMapping

/// Where a command finds its mappings.
struct MappingOptions: ParsableArguments {
    @Option(
        help: """
            A folder of mappings; a later one is laid over those before it. Without it: those of --config, of \
            HATCHWAY_MAPPINGS, of the folder Mappings here, or the installed ones.
            """, completion: .directory)
    var mappings: [String] = []

    @Option(help: "The configuration file.", completion: .file())
    var config: String?

    /// Mappings and the limits that messages are read under.
    struct Selection {
        let set: MappingSet
        let folders: [String]
        let limits: DocumentLimits
        let configuration: GatewayConfiguration?
    }

    /// - Throws: `ExitCode` 78 when the mappings or the configuration cannot be used; what is wrong has been said.
    func load() throws(ExitCode) -> Selection {
        let configuration = try configuration()
        let folders = folders(configuration)
        do throws(MappingFindings) {
            let limits = limits(configuration)
            return Selection(
                set: try MappingFolder.load(folders, limits: limits), folders: folders, limits: limits,
                configuration: configuration)
        } catch {
            say(error.description)
            throw ExitCode(78)
        }
    }

    private func configuration() throws(ExitCode) -> GatewayConfiguration? {
        guard let config else { return nil }
        do throws(ConfigurationFault) {
            return try GatewayConfiguration.load(path: config, environment: ProcessInfo.processInfo.environment)
        } catch {
            say(error.description)
            throw ExitCode(78)
        }
    }

    func folders(_ configuration: GatewayConfiguration?) -> [String] {
        MappingPlace.folders(
            given: mappings, configuration: configuration, environment: ProcessInfo.processInfo.environment)
    }

    func limits(_ configuration: GatewayConfiguration?) -> DocumentLimits {
        guard let limits = configuration?.gateway.limits else { return DocumentLimits() }
        return DocumentLimits(
            messageSize: limits.messageSize, treeNodes: limits.treeNodes, nesting: limits.nesting)
    }
}
