import Documents

extension Evaluator {
    func runSetFunction(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let middle = stack.count
        let savedFocus = focus
        run(program.arguments[Int(step.b)])
        focus = savedFocus
        let left = Array(stack[mark..<middle])
        let right = Array(stack[middle...])
        func holds(_ values: [Value], _ wanted: Value) -> Bool {
            if isExhausted { return false }
            spend(values.count)
            return values.contains { equal($0, wanted) ?? false }
        }
        switch step.function {
        case .combine: return
        case .union: return removeDuplicates(from: mark)
        case .subsetOf: replace(mark, with: .boolean(left.allSatisfy { holds(right, $0) }))
        case .supersetOf: replace(mark, with: .boolean(right.allSatisfy { holds(left, $0) }))
        case .exclude: stack.replaceSubrange(mark..., with: left.filter { !holds(right, $0) })
        default:
            stack.replaceSubrange(mark..., with: left.filter { holds(right, $0) })
            removeDuplicates(from: mark)
        }
    }

    func runTreeFunction(_ step: Step) {
        let mark = stack.count
        runInput(step.a)
        let input = Array(stack[mark...])
        drop(mark..<stack.count)
        switch step.function {
        case .children: for value in input { pushDescendants(of: value, isDeep: false) }
        case .descendants: for value in input { pushDescendants(of: value, isDeep: true) }
        case .hasValue:
            push(.boolean(input.count == 1 && atomic(input[0]) != nil))
        case .getValue:
            if input.count == 1, let value = atomic(input[0]) { push(value) }
        case .resolve:
            for value in input { resolve(value) }
        default:
            guard let url = argumentValue(step).flatMap(string) else { return }
            for value in input { pushExtensions(of: value, url) }
        }
    }

    private func pushDescendants(of value: Value, isDeep: Bool) {
        guard value.kind == .node else { return }
        let tree = trees[Int(value.space)]
        var index = value.nodeIndex + 1
        let end = Int(tree.nodes[value.nodeIndex].end)
        while index < end {
            let node = tree.nodes[index]
            if node.kind != .null, node.kind != .emptyArray, node.kind != .text {
                push(.node(index, tree: value.space))
            }
            index = isDeep ? index + 1 : Int(node.end)
        }
    }

    private func pushExtensions(of value: Value, _ url: String) {
        guard value.kind == .node else { return }
        let tree = trees[Int(value.space)]
        for child in tree.children(of: value.nodeIndex) where tree.name(of: child) == "extension" {
            let isWanted = tree.children(of: child).contains { tree.name(of: $0) == "url" && tree.string($0) == url }
            if isWanted { push(.node(child, tree: value.space)) }
        }
    }
}
