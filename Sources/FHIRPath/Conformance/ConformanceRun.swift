import Documents

/// Runs HL7's tests and says of each why it fails.
///
/// They are written for an engine that knows the types of what it is asked of, so each expression is checked against
/// them first, as the tests in strict mode demand.
package struct ConformanceRun {
    /// A test and why it did not pass.
    package struct Failure: Sendable {
        package let test: ConformanceTest
        package let reason: String
    }

    package private(set) var passed = 0
    package private(set) var failures: [Failure] = []

    /// - Parameters:
    ///   - tests: the tests.
    ///   - now: what `now()` says.
    ///   - input: reads the file of a name that stands beside the test file; nil where there is none.
    package init(_ tests: [ConformanceTest], now: String, input: (String) -> [UInt8]?) {
        var files: [String: [UInt8]] = [:]
        for test in tests {
            var body = Array("{}".utf8)
            if let name = test.inputFile {
                guard let found = files[name] ?? input(name) else {
                    failures.append(Failure(test: test, reason: "there is no \(name)"))
                    continue
                }
                files[name] = found
                body = found
            }
            if let reason = Self.difference(test, on: body, now: now) {
                failures.append(Failure(test: test, reason: reason))
            } else {
                passed += 1
            }
        }
    }

    /// `N passed, N failed, N skipped`; none is ever skipped.
    package var summary: String { "\(passed) passed, \(failures.count) failed, 0 skipped" }

    /// Why a test does not pass; nil when it does.
    private static func difference(_ test: ConformanceTest, on body: [UInt8], now: String) -> String? {
        let result: InquiryResult
        do {
            if let type = resourceType(of: body) {
                try StaticTypes.check(Expression(parsing: test.expression), on: type)
            }
            result = try Inquiry(test.expression).result(on: body, now: now)
        } catch let fault as ExpressionFault {
            return test.isInvalid ? nil : "refused: \(fault) at \(fault.position)"
        } catch let fault as InquiryFault {
            guard case .evaluation = fault, test.isInvalid else { return "failed: \(fault)" }
            return nil
        } catch {
            return "failed"
        }
        if test.isInvalid { return "should be an error, yields \(text(result))" }
        if test.isPredicate {
            let wanted = test.outputs.map(\.value)
            let found = [String(result.isTrue)]
            return wanted == found ? nil : "should be \(wanted), is \(found)"
        }
        return differs(test, result) ? "should be \(wanted(test)), is \(text(result))" : nil
    }

    private static func resourceType(of body: [UInt8]) -> String? {
        guard let tree = try? DocumentReader(vocabulary: Vocabulary()).read(body) else { return nil }
        return tree.children(of: tree.root).first { tree.name(of: $0) == "resourceType" }.map { tree.string($0) }
    }

    private static func differs(_ test: ConformanceTest, _ result: InquiryResult) -> Bool {
        guard result.values.count == test.outputs.count else { return true }
        var left = result.values
        for output in test.outputs {
            let candidates = test.isOrdered ? left.prefix(1) : left[...]
            guard let match = candidates.firstIndex(where: { output.matches($0, result.evaluator) }) else {
                return true
            }
            left.remove(at: match)
        }
        return false
    }

    private static func wanted(_ test: ConformanceTest) -> String {
        "[" + test.outputs.map { "\($0.type ?? "") \($0.value)" }.joined(separator: ", ") + "]"
    }

    private static func text(_ result: InquiryResult) -> String {
        let json = String(decoding: result.json, as: UTF8.self)
        return json.count > 200 ? json.prefix(200) + "…" : json
    }
}

extension InquiryResult {
    /// The result as a condition: one boolean counts as itself, anything else is true.
    fileprivate var isTrue: Bool {
        guard values.count == 1, let value = evaluator.atomic(values[0]), value.kind == .boolean else {
            return !values.isEmpty
        }
        return value.number != 0
    }
}

extension ConformanceTest.Output {
    /// Whether a value is of this type and says the same; numbers are compared as numbers.
    fileprivate func matches(_ value: Value, _ evaluator: Evaluator) -> Bool {
        guard let atom = evaluator.atomic(value), let text = evaluator.string(atom) else { return false }
        guard isType(atom.kind, isNode: value.kind == .node) else { return false }
        var wanted = self.value[...]
        if atom.kind == .integer || atom.kind == .decimal {
            guard let one = DecimalNumber(String(wanted)), let other = DecimalNumber(text) else { return false }
            return DecimalNumber.order(one, other) == 0
        }
        if type != "string", wanted.hasPrefix("@") { wanted = wanted.dropFirst() }
        if atom.kind == .time, wanted.hasPrefix("T") { wanted = wanted.dropFirst() }
        return wanted == text
    }

    private func isType(_ kind: Value.Kind, isNode: Bool) -> Bool {
        switch type {
        case nil: true
        case "boolean": kind == .boolean
        case "integer": kind == .integer
        case "decimal": kind == .decimal || kind == .integer
        case "Quantity": kind == .quantity
        case "date": kind == .date || isNode && kind == .string
        case "dateTime": kind == .dateTime || isNode && kind == .string
        case "time": kind == .time || isNode && kind == .string
        default: kind == .string
        }
    }
}
