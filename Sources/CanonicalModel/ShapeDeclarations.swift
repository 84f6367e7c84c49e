/// The declaration of the canonical model, in the notation of the design's `canonical-shapes.yaml`:
/// `!` required, `[]` list, `~` free text, `@` identifies a person, `a|b|c` a closed list.
///
/// A field named `…` stands for every field of the shape that is given as its type.
let canonicalShapes: [(name: String, fields: [(String, String)])] = [
    (
        "message",
        [
            ("mapping", "string!"), ("source", "source!"), ("practice", "organisation"), ("patient", "patient"),
            ("bookings", "booking[]"), ("slots", "slot[]"), ("bookingRules", "bookingRules"),
            ("prescriptions", "prescription[]"), ("recordSummary", "recordSummary"), ("onlineAccess", "onlineAccess"),
            ("outcome", "outcome"), ("complete", "completeness"), ("issues", "issue[]"),
        ]
    ),
    (
        "source",
        [
            ("system", "string!"), ("message", "string!"), ("id", "string"), ("time", "instant!"),
            ("timeKind", "stated|observed|accepted!"), ("digest", "digest!"),
        ]
    ),
    (
        "completeness",
        [
            ("bookings", "window"), ("slots", "window"), ("prescriptions", "whole"), ("sections", "string[]"),
        ]
    ),
    ("window", [("from", "instant!"), ("to", "instant!")]),
    (
        "issue",
        [
            ("severity", "error|warning|information!"), ("code", "string!"), ("path", "string"), ("target", "string"),
            ("count", "integer"),
        ]
    ),
    (
        "outcome",
        [
            ("operation", "book|cancel|order|read|unknown!"), ("result", "done|partial|refused|failed!"),
            (
                "reason",
                "slot-taken|limit-reached|too-late|already-ordered|no-access|not-found|session-lost|invalid|too-large"
                    + "|unavailable|unknown"
            ),
            ("subjects", "string[]"),
        ]
    ),
    (
        "patient",
        [
            ("nhsNumber", "string@"), ("nhsNumberStatus", "verified|unverified|unknown"), ("localId", "string@"),
            ("name", "humanName@"), ("birthDate", "dateTime@"), ("gender", "male|female|other|unknown"),
            ("address", "address@"), ("telecom", "telecom[]@"), ("restricted", "boolean"), ("deceased", "dateTime"),
        ]
    ),
    ("humanName", [("text", "string@"), ("prefix", "string"), ("given", "string[]@"), ("family", "string@")]),
    ("address", [("text", "string@"), ("line", "string[]@"), ("postalCode", "string@")]),
    (
        "telecom",
        [
            ("system", "phone|email|other!"), ("value", "string!@"), ("use", "home|work|mobile|unknown"),
        ]
    ),
    ("organisation", [("odsCode", "string"), ("name", "string")]),
    ("location", [("id", "string"), ("name", "string")]),
    ("practitioner", [("id", "string"), ("name", "string"), ("role", "string")]),
    (
        "code",
        [
            ("text", "string"), ("coding", "coding[]"), ("degraded", "drug-allergy|non-drug-allergy|medication|other"),
        ]
    ),
    ("coding", [("system", "uri!"), ("code", "string!"), ("display", "string")]),
    ("quantity", [("value", "decimal"), ("comparator", "<|<=|>=|>"), ("unit", "string"), ("text", "string")]),

    (
        "booking",
        [
            ("id", "string!"),
            ("status", "proposed|pending|booked|arrived|checked-in|fulfilled|cancelled|noshow|entered-in-error!"),
            ("sourceStatus", "string"), ("start", "dateTime!"), ("end", "dateTime"), ("minutesDuration", "integer"),
            ("mode", "in-person|telephone|video|home-visit|online|unknown"), ("serviceType", "string"),
            ("sessionName", "string"), ("location", "location"), ("practitioners", "practitioner[]"),
            ("reason", "string~"), ("comment", "string~"), ("telephone", "string@"), ("cancellable", "boolean"),
            ("cancelBy", "instant"), ("cancellationReason", "string~"), ("inferred", "boolean"),
            ("channel", "online|practice|unknown"), ("created", "dateTime"), ("bookedBy", "organisation"),
            ("replaces", "string"),
        ]
    ),
    (
        "slot",
        [
            ("id", "string!"), ("status", "free|busy|busy-unavailable|unknown!"), ("start", "dateTime!"),
            ("end", "dateTime"), ("mode", "in-person|telephone|video|home-visit|online|unknown"),
            ("serviceType", "string"), ("sessionName", "string"), ("location", "location"),
            ("practitioners", "practitioner[]"),
        ]
    ),
    (
        "bookingRules",
        [
            ("guidance", "string"), ("reason", "required|optional|not-allowed"), ("reasonLength", "integer"),
            ("cancellationReasons", "code[]"), ("telephones", "string[]@"), ("bookableDays", "integer"),
        ]
    ),

    (
        "prescription",
        [
            ("id", "string!"), ("kind", "acute|repeat|repeat-dispensing|unknown!"), ("sourceKind", "string"),
            ("status", "active|completed|stopped|cancelled|on-hold|draft|entered-in-error|unknown!"),
            ("sourceStatus", "string"), ("medication", "code!"), ("constituents", "constituent[]"),
            ("dosage", "string"), ("patientInstruction", "string"), ("quantity", "quantity"),
            ("orderable", "boolean"), ("firstIssued", "dateTime"), ("lastIssued", "dateTime"),
            ("nextIssue", "dateTime"), ("reviewDate", "dateTime"), ("repeatsAllowed", "integer"),
            ("repeatsIssued", "integer"), ("ended", "dateTime"), ("endReason", "string~"), ("authored", "dateTime"),
            ("prescriber", "practitioner"), ("prescribedElsewhere", "boolean"), ("organisation", "organisation"),
            ("dispenser", "organisation"), ("controlledDrug", "controlledDrug"), ("requests", "request[]"),
            ("issues", "issueOfMedication[]"), ("form", "form"),
        ]
    ),
    ("controlledDrug", [("schedule", "string"), ("quantityInWords", "string")]),
    ("form", [("id", "string!"), ("item", "integer")]),
    ("constituent", [("text", "string!"), ("strength", "string")]),
    (
        "request",
        [
            ("id", "string!"),
            ("status", "requested|forwarded|approved|issued|dispensed|rejected|cancelled|unknown!"),
            ("sourceStatus", "string"), ("requested", "dateTime"), ("requestedBy", "string@"),
            ("comment", "string~"), ("reason", "string~"),
        ]
    ),
    (
        "issueOfMedication",
        [
            ("id", "string!"), ("date", "dateTime"), ("quantity", "quantity"), ("daysSupply", "integer"),
            ("status", "issued|dispensed|not-dispensed|cancelled|unknown"),
        ]
    ),

    ("recordSummary", [("sections", "sections!")]),
    (
        "sections",
        [
            ("allergies", "allergies"), ("medications", "medications"), ("problems", "problems"),
            ("immunisations", "immunisations"), ("testResults", "testResults"), ("observations", "observations"),
            ("diagnoses", "diagnoses"), ("procedures", "procedures"), ("examinations", "examinations"),
            ("history", "history"), ("encounters", "encounters"), ("recalls", "recalls"),
            ("referrals", "referrals"), ("documents", "documents"), ("consultations", "consultations"),
        ]
    ),
    ("allergies", section(of: "allergy")),
    ("medications", section(of: "medication")),
    ("problems", section(of: "problem")),
    ("immunisations", section(of: "immunisation")),
    ("testResults", section(of: "testResult")),
    ("observations", section(of: "testResult")),
    ("diagnoses", section(of: "coded")),
    ("procedures", section(of: "coded")),
    ("examinations", section(of: "coded")),
    ("history", section(of: "coded")),
    ("encounters", section(of: "coded")),
    ("recalls", section(of: "recall")),
    ("referrals", section(of: "referral")),
    ("documents", section(of: "document")),
    ("consultations", section(of: "consultationItem")),

    (
        "allergy",
        item + [
            ("code", "code!"), ("category", "medication|food|environment|biologic|unknown"),
            ("status", "active|inactive|resolved|unknown"), ("criticality", "low|high|unknown"),
            ("severity", "mild|moderate|severe|unknown"), ("onset", "dateTime"), ("ended", "dateTime"),
            ("endReason", "string~"), ("reactions", "code[]"),
        ]
    ),
    ("medication", item + [("…", "prescription")]),
    (
        "problem",
        item + [
            ("code", "code!"), ("status", "active|inactive|unknown"), ("significance", "major|minor|unknown"),
            ("onset", "dateTime"), ("ended", "dateTime"), ("partOf", "string"),
        ]
    ),
    (
        "immunisation",
        item + [
            ("code", "code!"), ("vaccine", "code"), ("date", "dateTime"), ("status", "completed|not-done|unknown!"),
            ("statusReason", "string~"), ("doseNumber", "string"), ("batchNumber", "string"), ("site", "code"),
            ("route", "code"), ("nextDue", "dateTime"), ("nextDueText", "string"),
        ]
    ),
    (
        "testResult",
        item + [
            ("code", "code!"), ("date", "dateTime"), ("issued", "dateTime"),
            ("status", "registered|preliminary|final|amended|cancelled|unknown"), ("valueQuantity", "quantity"),
            ("valueText", "string"), ("valueCode", "code"), ("referenceRange", "referenceRange"),
            ("interpretation", "string"), ("specimen", "string"), ("children", "testResult[]"), ("html", "string~"),
        ]
    ),
    ("referenceRange", [("low", "quantity"), ("high", "quantity"), ("text", "string")]),
    (
        "coded",
        item + [
            ("code", "code"), ("date", "dateTime"), ("valueQuantity", "quantity"), ("text", "string~"),
            ("html", "string~"),
        ]
    ),
    (
        "recall",
        item + [
            ("code", "code!"), ("date", "dateTime"), ("due", "dateTime"), ("dueText", "string"), ("status", "string"),
        ]
    ),
    (
        "referral",
        item + [
            ("code", "code"), ("date", "dateTime"), ("priority", "string"), ("to", "string"), ("reference", "string"),
            ("text", "string~"),
        ]
    ),
    (
        "document",
        item + [
            ("title", "string"), ("date", "dateTime"), ("type", "code"), ("contentType", "string"),
            ("extension", "string"), ("size", "integer"), ("available", "boolean"), ("url", "uri"),
        ]
    ),
    (
        "consultationItem",
        item + [
            ("date", "dateTime"), ("type", "string"), ("location", "location"), ("practitioners", "practitioner[]"),
            ("sections", "consultationSection[]"),
        ]
    ),
    ("consultationSection", [("heading", "string"), ("entries", "consultationEntry[]")]),
    (
        "consultationEntry",
        [
            ("kind", "string"), ("code", "code"), ("date", "dateTime"), ("text", "string~"), ("item", "string"),
        ]
    ),

    (
        "onlineAccess",
        [
            ("services", "accessServices"), ("registered", "dateTime"), ("declined", "boolean"),
            ("enhancedReview", "boolean"), ("dissent", "boolean"), ("proxies", "proxy[]"),
        ]
    ),
    (
        "accessServices",
        [
            ("appointments", "boolean"), ("prescriptions", "boolean"),
            ("record", "none|summary|detailed|documents|full"), ("recordProspectiveFrom", "dateTime"),
        ]
    ),
    (
        "proxy",
        [
            ("id", "string!"), ("name", "string@"), ("nhsNumber", "string@"), ("services", "accessServices!"),
            ("from", "dateTime"), ("until", "dateTime"),
        ]
    ),
]

/// The fields that every item of a record section has.
private let item: [(String, String)] = [
    ("id", "string!"), ("recorded", "dateTime"), ("recordedBy", "practitioner"), ("confidential", "boolean"),
    ("ready", "boolean"), ("note", "string~"), ("consultation", "string"), ("problems", "string[]"),
]

private func section(of item: String) -> [(String, String)] {
    [
        ("state", "present|empty|withheld|failed|undetermined!"), ("items", item + "[]"),
        ("withheldReason", "string"),
    ]
}

/// The least record level that shows a section.
let sectionLevels: [String: RecordLevel] = [
    "allergies": .summary, "medications": .summary, "documents": .documents, "consultations": .full,
]
