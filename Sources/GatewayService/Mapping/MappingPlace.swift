import Foundation

/// Where the mappings of a command come from: what it was told, else the nearest place that has them.
package enum MappingPlace {
    /// The variable of the environment that names a folder of mappings.
    package static let variable = "HATCHWAY_MAPPINGS"

    /// Folders, each laid over those before it: those given by name, or those of the configuration. The last resort is
    /// the place of an installed gateway, whether or not it is there.
    package static func folders(
        given: [String], configuration: GatewayConfiguration?, environment: [String: String]
    ) -> [String] {
        if !given.isEmpty { return given }
        if let configuration { return configuration.gateway.mappings }
        if let folder = environment[variable], !folder.isEmpty { return [folder] }
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let beside = ["Mappings", "../share/hatchway/Mappings"].compactMap { executable?.appending(path: $0).path }
        let found = (["Mappings"] + beside).first { FileManager.default.fileExists(atPath: "\($0)/inbound") }
        return [found ?? installed]
    }

    private static let installed = "/usr/share/hatchway/Mappings"
}
