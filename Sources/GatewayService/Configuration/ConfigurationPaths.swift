import Glibc

/// Paths and secret files as the configuration names them.
struct ConfigurationPaths {
    /// The folder that relative paths start from.
    let folder: String
    let findings: ConfigurationFindings

    init(file: String, findings: ConfigurationFindings) {
        let slash = file.lastIndex(of: "/")
        folder = slash.map { $0 == file.startIndex ? "/" : String(file[..<$0]) } ?? "."
        self.findings = findings
    }

    func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        return folder == "/" ? "/\(path)" : "\(folder)/\(path)"
    }

    /// A folder that must be there.
    func folder(_ value: ConfigurationValue) -> String? {
        let path = absolute(value.text)
        var status = stat()
        guard stat(path, &status) == 0 else {
            findings.add(at: value, "there is no folder \(path)", hint: "create it, or mend the path")
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            findings.add(at: value, "\(path) is not a folder")
            return nil
        }
        return path
    }

    /// A file with a secret: there, readable, not empty. One that everybody may read is a warning.
    func secretFile(_ value: ConfigurationValue) -> String? {
        let path = absolute(value.text)
        var status = stat()
        guard stat(path, &status) == 0 else {
            findings.add(at: value, "there is no file \(path)", hint: "secrets are given as files")
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            findings.add(at: value, "\(path) is not a regular file")
            return nil
        }
        guard access(path, R_OK) == 0 else {
            findings.add(at: value, "\(path) cannot be read", hint: "check its owner and mode")
            return nil
        }
        guard SecretFile.read(path)?.isEmpty == false else {
            findings.add(at: value, "\(path) holds no secret", hint: "one line of at most 64 KiB")
            return nil
        }
        if status.st_mode & S_IROTH != 0 {
            findings.add(.warning, at: value, "everybody may read \(path)", hint: "chmod 600 \(path)")
        }
        return path
    }
}
