import ArgumentParser

@main
struct Hatchway: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hatchway", subcommands: [SinkCommand.self])
}
