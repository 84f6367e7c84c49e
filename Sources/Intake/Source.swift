package import ServiceLifecycle

/// Something that messages come from. It makes each durable with `MessageStore.accept` and only then acknowledges it to
/// whoever sent it; it knows no mapping.
package protocol Source: Service {
    /// The name that the configuration gives it.
    var name: String { get }
}
