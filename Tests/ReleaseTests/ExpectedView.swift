import CanonicalModel
import Release

/// The release policy told a second time, over trees and tokens instead of arenas and sets of fields, to hold the first
/// against.
struct ExpectedView {
    /// The rule that denies all; nil where a view is permitted.
    private(set) var rule: ReleaseRule?
    /// Every token that the output must have, and it may have no other.
    private(set) var tokens: Set<String> = []
    private(set) var withheld: [ReleaseRule: Int] = [:]
    /// Which items stay, by position.
    private(set) var staying: Set<Int> = []

    private let entity: RandomEntity
    private let bench: ReleaseBench
    private var isForPerson: Bool { bench.audience == .patient || bench.audience == .proxy }
    private var grant: OnlineAccessGrant? { bench.access ?? bench.implied }

    /// The age is in full years; nil where it is not known.
    init(_ entity: RandomEntity, _ bench: ReleaseBench, age: Int?) {
        self.entity = entity
        self.bench = bench
        rule = denial(age: age)
        if rule == nil { collect() }
    }

    // MARK: The whole entity

    private func denial(age: Int?) -> ReleaseRule? {
        if !bench.isKnown || bench.restricted == true { return .restrictedPatient }
        if bench.audience == .management { return .management }
        if bench.audience == .directCareOrganisation { return entity.kind == .booking ? nil : .sensitiveCodes }
        guard let grant, isGranted(grant) else { return .servicePermission }
        let isMarkedInside = entity.section == nil && entity.fields.contains(where: isMarked)
        if entity.isConfidential || entity.isRootMarked || isMarkedInside { return .notForPatient }
        guard let age else { return .age }
        let isNamed = bench.access != nil
        let isOldEnough =
            switch (bench.audience, age) {
            case (.patient, ..<13): false
            case (.patient, 13..<16): isNamed
            case (.patient, _): true
            case (_, ..<11): true
            default: isNamed
            }
        return isOldEnough ? nil : .age
    }

    private func isGranted(_ grant: OnlineAccessGrant) -> Bool {
        switch entity.section {
        case nil: entity.kind == .booking ? grant.appointments : grant.prescriptions
        case "allergies", "medications": grant.record != .none
        case "documents": grant.record == .documents || grant.record == .full
        case "consultations": grant.record == .full
        default: grant.record != .none && grant.record != .summary
        }
    }

    // MARK: What remains

    private mutating func collect() {
        for (position, item) in entity.items.enumerated() {
            if isForPerson, isHeld(item) {
                withheld[.notReady, default: 0] += 1
            } else if isForPerson, isMarked(item) {
                withheld[.notForPatient, default: 0] += 1
            } else {
                staying.insert(position)
            }
        }
        var position = 0
        for field in entity.fields {
            if entity.section != nil, field.field.name == "items" {
                if staying.contains(position) { collect(field) }
                position += 1
            } else {
                collect(field)
            }
        }
    }

    private mutating func collect(_ node: RandomEntity.Node) {
        guard isForPerson else {
            node.isObject ? node.children.forEach { collect($0) } : add(node.text)
            return
        }
        let isFreeText = node.field.isFreeText && grant?.record != .full
        if isFreeText || node.field.isIdentifying && bench.audience == .proxy {
            withheld[.servicePermission, default: 0] += 1
            return
        }
        let owner = CanonicalShapes.shape(node.field.shape).name
        switch "\(owner).\(node.field.name)" {
        case "booking.replaces", "form.item", "consultationEntry.item": return
        case "problem.partOf" where !isVisible(node.text, in: "problems"): return
        case _ where node.field.name == "withheldReason": return
        case _ where node.field.name == "problems" && !isVisible(node.text, in: "problems"): return
        case _ where node.field.name == "consultation" && !isVisible(node.text, in: "consultations"): return
        case _ where node.isObject: node.children.forEach { collect($0) }
        default: add(node.text)
        }
    }

    private mutating func add(_ text: String) {
        if text.contains(where: \.isNumber) { tokens.insert(text) }
    }

    private func isVisible(_ id: String, in section: String) -> Bool {
        entity.section == section
            && entity.items.enumerated().contains { staying.contains($0) && $1.first("id")?.text == id }
    }

    private func isMarked(_ node: RandomEntity.Node) -> Bool {
        node.isMarked || node.field.name == "confidential" && node.text != "false"
            || node.children.contains(where: isMarked)
    }

    private func isHeld(_ node: RandomEntity.Node) -> Bool {
        node.field.name == "ready" && node.text != "true" || node.children.contains(where: isHeld)
    }
}
