import Interpretation
import Release

/// A file of the operator's that cannot be used. It names the file and the line, nothing in it.
struct OperatorFileFault: Error, CustomStringConvertible {
    let description: String
}

/// Reads what the operator supplies because it is licensed, or changes more often than the gateway.
enum OperatorFiles {
    /// A full release of a refset is some megabytes.
    private static let limit = 512 << 20

    static func sensitiveCodes(_ files: [String]) throws(OperatorFileFault) -> SensitiveCodes? {
        if files.isEmpty { return nil }
        var texts: [String] = []
        for file in files { texts.append(try text(file)) }
        do throws(SensitiveCodes.Fault) {
            return try SensitiveCodes(files: texts)
        } catch {
            throw OperatorFileFault(description: "\(files.joined(separator: ", ")): \(error)")
        }
    }

    static func organisations(_ file: String?) throws(OperatorFileFault) -> OrganisationRegister? {
        guard let file else { return nil }
        let text = try text(file)
        do throws(OrganisationRegister.Fault) {
            return try OrganisationRegister(text)
        } catch {
            throw OperatorFileFault(description: "\(file): \(error)")
        }
    }

    private static func text(_ file: String) throws(OperatorFileFault) -> String {
        guard let bytes = SmallFile.read(file, limit: limit), let text = String(validating: bytes, as: UTF8.self) else {
            throw OperatorFileFault(description: "\(file) cannot be read as text")
        }
        return text
    }
}
