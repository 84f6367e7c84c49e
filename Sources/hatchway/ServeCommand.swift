import ArgumentParser
import GatewayService
import MessageMapping

import class Foundation.ProcessInfo

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the daemon.",
        discussion: """
            SIGTERM finishes what is under way and stops; SIGHUP reads mappings, tokens, secrets and the log level again. \
            Exit status: 0 when it was told to stop, 78 when configuration or mappings cannot be used, 70 when something \
            else kept it from running.

            Example: hatchway serve --config /etc/hatchway/hatchway.yaml
            """)

    @Option(help: "The configuration file.")
    var config = "/etc/hatchway/hatchway.yaml"

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        do {
            let configuration = try GatewayConfiguration.load(path: config, environment: environment)
            let log = try LogSystem(settings: configuration.gateway.log, environment: environment)
            log.bootstrap()
            try await Gateway.run(configuration, log: log)
        } catch let error as ConfigurationFault {
            say(error.description)
            throw ExitCode(78)
        } catch let error as MappingFindings {
            say(error.description)
            throw ExitCode(78)
        } catch {
            say(FailureLine.text(for: error))
            throw ExitCode(70)
        }
    }
}
