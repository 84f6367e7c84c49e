import Glibc

/// `contains`, `startsWith` and `endsWith` of two plain texts, asked of their bytes: UTF-8 holds another text where its
/// bytes are.
extension Evaluator {
    /// - Returns: whether it was answered; what is not one text on both sides is left as it was.
    func runTextSearch(_ step: Step, from mark: Int) -> Bool {
        switch step.function {
        case .contains, .startsWith, .endsWith: break
        default: return false
        }
        guard stack.count - mark == 1, let input = atomic(stack[mark]), input.kind == .string else { return false }
        let end = stack.count
        run(program.arguments[Int(step.b)])
        guard stack.count - end == 1, let wanted = atomic(stack[end]), wanted.kind == .string else {
            stack.cut(to: end)
            return false
        }
        stack.cut(to: mark)
        let text = bytes(input)
        let part = bytes(wanted)
        switch step.function {
        case .contains: push(.boolean(Self.contains(text, part)))
        case .startsWith: push(.boolean(text.count >= part.count && Self.isEqual(text.prefix(part.count), part)))
        default: push(.boolean(text.count >= part.count && Self.isEqual(text.suffix(part.count), part)))
        }
        return true
    }

    private static func contains(_ text: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer) -> Bool {
        guard let start = text.baseAddress, let needle = part.baseAddress, part.count > 0 else { return part.isEmpty }
        var offset = 0
        while text.count - offset >= part.count {
            let room = text.count - offset - part.count + 1
            guard let found = memchr(start + offset, Int32(part[0]), room) else { return false }
            if memcmp(found, needle, part.count) == 0 { return true }
            offset = UnsafeRawPointer(found) - start + 1
        }
        return false
    }

    private static func isEqual(_ slice: Slice<UnsafeRawBufferPointer>, _ part: UnsafeRawBufferPointer) -> Bool {
        isEqual(UnsafeRawBufferPointer(rebasing: slice), part)
    }

    static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count, let first = left.baseAddress, let second = right.baseAddress else {
            return left.count == right.count
        }
        return memcmp(first, second, left.count) == 0
    }
}
