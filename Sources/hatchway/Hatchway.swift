import ArgumentParser

@main
struct Hatchway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hatchway",
        abstract: "A gateway between clinical systems and those who may know.",
        subcommands: [
            ServeCommand.self, CheckCommand.self, MapCommand.self, FHIRPathCommand.self, StatusCommand.self,
            SinkCommand.self,
            VersionCommand.self,
        ])
}
