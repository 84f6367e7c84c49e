/// Messages in the shapes of `Samples/`, about invented people.
enum RoadMessages {
    static let number = "9990001006"
    static let otherNumber = "9990001014"
    static let localID = "7a10000000000001"
    static let birthDate = "1974-08-30"

    struct Appointment {
        var id = "aa000101"
        var day = "2026-07-02"
        var details = "Clinician: Dr Wilhelmina Oakshott"
    }

    struct Allergy {
        var id: String
        var text: String
        var isConfidential = false
    }

    static func demographics(
        number: String? = number, localID: String = localID, birthDate: String? = birthDate
    ) -> String {
        let birth = birthDate.map { #" dateOfBirth="\#($0)T00:00:00.0Z""# } ?? ""
        let national = number.map { #"<NationalId type="NHS">\#($0)</NationalId>"# } ?? ""
        return """
            <PatientSelectedReply patientId="\(localID)" uuid="u-1"><Person patientId="\(localID)"\(birth) gender="Female">
            \(national)<PersonName name="Ms Philippa Quarrington"/></Person></PatientSelectedReply>
            """
    }

    static func appointments(_ rows: [Appointment] = [Appointment()], localID: String = localID) -> String {
        let list = rows.map {
            """
            <Appointment apptId="\($0.id)" startDate="\($0.day)T09:20:00.0Z" endDate="\($0.day)T09:30:00.0Z" \
            details="\($0.details)" siteName="Juniper Lane Surgery"/>
            """
        }
        return #"<ViewAppointmentsReply patientId="\#(localID)" uuid="u-2">\#(list.joined())</ViewAppointmentsReply>"#
    }

    static func medication(_ drugs: [String: String] = ["dd000201": "Bisoprolol 2.5mg tablets"]) -> String {
        let list = drugs.sorted { $0.key < $1.key }.map {
            #"<Medication drugId="\#($0.key)" type="Repeat" drug="\#($0.value)" details="one a day" requestable="y"/>"#
        }
        return """
            <ListRepeatMedicationReply patientId="\(localID)" uuid="u-3">\(list.joined())</ListRepeatMedicationReply>
            """
    }

    /// Without `allergies` the reply cannot tell whether there are any.
    static func overview(allergies: [String]?) -> String {
        let list = allergies.map { names in
            "<Allergies>" + names.map { #"<Item id="\#($0)" date="2019-04-01T00:00:00.0Z">\#($0)</Item>"# }.joined()
                + "</Allergies>"
        }
        return """
            <ViewPatientOverviewReply patientId="\(localID)" uuid="u-4"><DrugSensitivities/>\(list ?? "")\
            </ViewPatientOverviewReply>
            """
    }

    /// One appointment of another system, with words of the patient's own in it.
    static func appointmentWithReason(_ reason: String) -> String {
        """
        {"Appointments": [{"SlotId": 810021, "SessionId": 4101, "StartTime": "2026-09-14T08:30:00",
          "SlotTypeName": "Nurse", "SlotTypeStatus": "Practice", "BookingReason": "\(reason)"}],
         "Locations": [], "SessionHolders": [], "Sessions": []}
        """
    }

    /// A structured record with the section allergies. `at` is its date, a FHIR instant; with `isMissing` the list names
    /// an allergy that is not in the bundle.
    static func record(
        _ allergies: [Allergy], at: String = "2026-06-15T11:00:00+01:00", number: String = number,
        birthDate: String? = birthDate, isMissing: Bool = false
    ) -> String {
        let references =
            (allergies.map(\.id) + (isMissing ? ["nowhere"] : []))
            .map { #"{"item": {"reference": "AllergyIntolerance/\#($0)"}}"# }
        let birth = birthDate.map { #", "birthDate": "\#($0)""# } ?? ""
        let patient = """
            {"resource": {"resourceType": "Patient", "id": "pat-1", "identifier": [{"extension": [{
              "url": "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1",
              "valueCodeableConcept": {"coding": [{"code": "01"}]}}],
              "system": "https://fhir.nhs.uk/Id/nhs-number", "value": "\(number)"}]\(birth)}}
            """
        let list = """
            {"resource": {"resourceType": "List", "date": "\(at)", "entry": [\(references.joined(separator: ","))],
              "code": {"coding": [{"system": "http://snomed.info/sct", "code": "886921000000105"}]}}}
            """
        let resources = allergies.map { allergy in
            let mark = allergy.isConfidential ? #""meta": {"security": [{"code": "NOPAT"}]}, "# : ""
            return """
                {"resource": {"resourceType": "AllergyIntolerance", "id": "\(allergy.id)", \(mark)
                  "clinicalStatus": "active", "verificationStatus": "unconfirmed", "category": ["medication"],
                  "code": {"text": "\(allergy.text)"}, "assertedDate": "2020-01-01"}}
                """
        }
        return """
            {"resourceType": "Bundle", "type": "collection",
             "entry": [\(([patient, list] + resources).joined(separator: ","))]}
            """
    }

    /// What a system could say of a patient's standing that none of the repository's mappings reads yet.
    static func standing(
        number: String = number, birthDate: String? = nil, restricted: Bool? = nil, record: String? = nil
    ) -> String {
        let attributes = [
            birthDate.map { #"birthDate="\#($0)""# }, restricted.map { #"restricted="\#($0)""# },
            record.map { #"record="\#($0)""# },
        ]
        return #"<StandingReply number="\#(number)" \#(attributes.compactMap(\.self).joined(separator: " "))/>"#
    }

    static let standingMapping = """
        # Reads: a made-up system's word about a patient's standing.
        mapping: test/standing
        reads: {root: StandingReply}
        source: {system: test, message: StandingReply}
        practice: {odsCode: "{{ %transport.odsCode }}"}
        patient:
          nhsNumber: "{{ number.nhsNumber() }}"
          birthDate: "{{ birthDate.dateTime() }}"
          restricted: "{{ iif(restricted = 'true', true, iif(restricted = 'false', false)) }}"
        onlineAccess:
          "{% if record.exists() %}":
            services: {appointments: true, prescriptions: true, record: "{{ record }}"}
        """

    // MARK: Files of many messages

    struct Member {
        var number: String
        var visits: [String] = []
        var more = ""
    }

    /// A made-up system's export. `practice` is what encloses the patients.
    static func export(_ members: [Member], practice: String = "Y90001", end: String = "</Export>") -> String {
        let patients = members.map { member in
            let visits = member.visits.map { #"<Visit id="\#($0)" start="2026-07-02T09:20:00"/>"# }
            return
                #"<Patient number="\#(member.number)" born="\#(birthDate)">\#(visits.joined())\#(member.more)</Patient>"#
        }
        return
            #"<Export practice="\#(practice)"><Made>2026-06-15T11:00:00+01:00</Made>\#(patients.joined(separator: "\n"))\#(end)"#
    }

    static let bulkMapping = """
        # Reads: a made-up system's export of a practice, many patients in a file.
        mapping: test/bulk
        reads: {root: Export}
        each: Export.Patient
        source: {system: test, message: Export, time: "{{ %header.Made.dateTime() }}"}
        practice: {odsCode: "{{ %header.practice }}"}
        patient: {nhsNumber: "{{ number.nhsNumber() }}", birthDate: "{{ born.dateTime() }}"}
        bookings:
          - "{% for v in Visit %}":
              id: "{{ %v.id }}"
              status: booked
              start: "{{ %v.start.londonTime() }}"
        """

    static let linesMapping = """
        # Reads: a made-up system's visits, one a line.
        mapping: test/lines
        reads: {has: [visitOf]}
        each: lines
        source: {system: test, message: visit}
        practice: {odsCode: "{{ %transport.odsCode }}"}
        patient: {nhsNumber: "{{ visitOf.nhsNumber() }}", birthDate: "{{ born.dateTime() }}"}
        bookings:
          - id: "{{ visit }}"
            status: booked
            start: "{{ start.londonTime() }}"
        """
}
