import BundleFormat

extension HostileBundle {
  /// Pages of LMDB's trees that contradict themselves, each other or the file.
  static let treePages: [HostileBundle] = headers + nodes + runs + shapes

  // MARK: Headers of pages

  private static let headers: [HostileBundle] = [
    page("number-of-another", 0, .u64(1)), page("number-greatest", 0, .u64(.max)), page("flags-0", 10, .u16(0)),
    page("flags-branch-and-leaf", 10, .u16(3)), page("flags-branch", 10, .u16(1)),
    page("flags-overflow", 10, .u16(4)), page("flags-meta", 10, .u16(8)), page("flags-leaf2", 10, .u16(0x22)),
    page("flags-subpage", 10, .u16(0x42)), page("flags-all", 10, .u16(.max)), page("lower-0", 12, .u16(0)),
    page("lower-15", 12, .u16(15)), page("lower-16", 12, .u16(16)), page("lower-odd", 12, .u16(17)),
    page("lower-greatest", 12, .u16(.max)), page("lower-at-the-end", 12, .u16(4096)),
    page("upper-below-lower", 14, .u16(16)), page("upper-4097", 14, .u16(4097)), page("upper-greatest", 14, .u16(.max)),
    page("all-pointers", 12, .u16(4096), 14, .u16(4096)),
    main("number-of-another", 0, .u64(1)), main("flags-branch", 10, .u16(1)), main("lower-16", 12, .u16(16)),
  ]

  private static func page(
    _ name: String, _ offset: Int, _ value: Field, _ other: Int = 8, _ second: Field = .u16(0)
  ) -> HostileBundle {
    HostileBundle("page/\(name)") { forgery in
      let start = 4096 * forgery.root("questions")
      forgery.put(value, at: start + offset)
      forgery.put(second, at: start + other)
    }
  }

  private static func main(_ name: String, _ offset: Int, _ value: Field) -> HostileBundle {
    HostileBundle("page/main-\(name)") { forgery in
      forgery.put(value, at: 4096 * Int(forgery.get(forgery.newerMeta + 128, as: UInt64.self)) + offset)
    }
  }

  // MARK: Nodes

  private static let nodes: [HostileBundle] = [
    pointer("to-0", 0), pointer("to-the-header", 10), pointer("to-the-pointers", 16), pointer("to-4088", 4088),
    pointer("to-4089", 4089), pointer("to-4095", 4095), pointer("to-4096", 4096), pointer("greatest", .max),
    node("key-length-0", 6, .u16(0)), node("key-length-512", 6, .u16(512)), node("key-length-greatest", 6, .u16(.max)),
    node("value-inside-the-page", 4, .u16(0)), node("value-of-4-gigabytes", 0, .u32(.max)),
    node("value-length-0", 0, .u32(0)), node("value-length-47", 0, .u32(47)),
    node("value-a-page-longer", 0, .u32(20_000)), node("flags-subtree", 4, .u16(2)),
    node("flags-run-and-subtree", 4, .u16(3)), node("flags-duplicates", 4, .u16(4)), node("flags-all", 4, .u16(.max)),
    HostileBundle("node/same-node-twice") { forgery in
      let start = 4096 * forgery.root("questions")
      forgery.put(forgery.get(start + 18, as: UInt16.self), at: start + 16)
    },
    HostileBundle("node/all-pointers-to-one-node") { forgery in
      let start = 4096 * forgery.root("questions")
      let lower = Int(forgery.get(start + 12, as: UInt16.self))
      for place in stride(from: 16, to: lower, by: 2) {
        forgery.put(forgery.get(start + 16, as: UInt16.self), at: start + place)
      }
    },
    HostileBundle("node/order-reversed") { forgery in
      let start = 4096 * forgery.root("questions")
      let count = (Int(forgery.get(start + 12, as: UInt16.self)) - 16) / 2
      let pointers = (0..<count).map { forgery.get(start + 16 + 2 * $0, as: UInt16.self) }
      for (index, pointer) in pointers.reversed().enumerated() { forgery.put(pointer, at: start + 16 + 2 * index) }
    },
    key("with-another-digit", "x0000000"), key("with-upper-case-digits", "0000000A"), key("of-segment-1", "00000001"),
    key("of-the-last-segment", "ffffffff"), key("of-segment-16384", "00004000"),
    HostileBundle("node/key-without-its-slash") { forgery in
      let node = forgery.place(.questionText).node
      forgery.data[node + 8 + 4] = UInt8(ascii: "!")
    },
    HostileBundle("node/two-keys-the-same") { forgery in
      // "text" becomes a second "records".
      let node = forgery.place(.questionText).node
      forgery.put(UInt64(0), at: node + 8)
    },
  ]

  private static func pointer(_ name: String, _ value: UInt16) -> HostileBundle {
    HostileBundle("node/pointer-\(name)") { forgery in forgery.put(value, at: 4096 * forgery.root("questions") + 16) }
  }

  private static func node(_ name: String, _ offset: Int, _ value: Field) -> HostileBundle {
    HostileBundle("node/\(name)") { $0.put(value, at: $0.place(.questionText).node + offset) }
  }

  private static func key(_ name: String, _ digits: String) -> HostileBundle {
    HostileBundle("node/key-\(name)") { forgery in
      let place = forgery.place(.questionText).node + 8 + 5
      forgery.data.replaceSubrange(place..<place + 8, with: Array(digits.utf8))
    }
  }

  // MARK: Overflow runs

  private static let runs: [HostileBundle] = [
    run("first-page-0", { _ in 0 }), run("first-page-1", { _ in 1 }),
    run("first-page-of-the-tree", { UInt64($0.root("questions")) }),
    run("first-page-behind-the-data", { UInt64($0.data.count / 4096) }), run("first-page-greatest", { _ in .max }),
    run("first-page-wraps-round", { _ in 1 << 52 }),
    run("second-page-of-itself", { UInt64($0.place(.answerFrames).start / 4096 + 1) }),
    run("of-another-section", { UInt64($0.place(.questionText).start / 4096) }),
    run("last-page-of-the-data", { UInt64($0.data.count / 4096 - 1) }),
    head("number-of-another", 0, .u64(2)), head("flags-leaf", 10, .u16(2)), head("flags-0", 10, .u16(0)),
    head("flags-overflow-and-more", 10, .u16(5)), head("pages-0", 12, .u32(0)), head("pages-1", 12, .u32(1)),
    head("pages-greatest", 12, .u32(.max)), head("pages-2-to-31", 12, .u32(1 << 31)),
    HostileBundle("run/two-sections-share-one") { forgery in
      // The marks are read where the question texts lie.
      let (from, to) = (forgery.place(.questionMarks), forgery.place(.questionText))
      let place = from.node + 8 + Int(forgery.get(from.node + 6, as: UInt16.self))
      forgery.put(forgery.get(to.node, as: UInt32.self), at: from.node)
      forgery.put(UInt64(to.start / 4096), at: place)
    },
  ]

  private static func run(_ name: String, _ first: @escaping @Sendable (Forgery) -> UInt64) -> HostileBundle {
    HostileBundle("run/\(name)") { forgery in
      let node = forgery.place(.answerFrames).node
      forgery.put(first(forgery), at: node + 8 + Int(forgery.get(node + 6, as: UInt16.self)))
    }
  }

  private static func head(_ name: String, _ offset: Int, _ value: Field) -> HostileBundle {
    HostileBundle("run/head-\(name)") { $0.put(value, at: $0.place(.answerFrames).start - 16 + offset) }
  }

  // MARK: Shapes of trees

  private static let shapes: [HostileBundle] = [
    HostileBundle("shape/branch-to-itself") { forgery in
      let number = forgery.data.count / 4096
      forgery.setRoot("questions", UInt64(forgery.addBranch([number, number])))
    },
    HostileBundle("shape/branch-to-its-parent") { forgery in
      let number = forgery.data.count / 4096
      let child = forgery.addBranch([number + 1])
      forgery.setRoot("questions", UInt64(forgery.addBranch([child])))
    },
    HostileBundle("shape/database-is-the-main-tree") { forgery in
      forgery.setRoot("questions", forgery.get(forgery.newerMeta + 128, as: UInt64.self))
    },
    HostileBundle("shape/two-databases-are-one-tree") { $0.setRoot("questions", UInt64($0.root("entries"))) },
    HostileBundle("shape/leaf-twice") { forgery in
      let root = forgery.root("questions")
      forgery.setRoot("questions", UInt64(forgery.addBranch([root, root])))
    },
    HostileBundle("shape/child-is-a-meta-page") { $0.setRoot("questions", UInt64($0.addBranch([0]))) },
    HostileBundle("shape/child-behind-the-data") {
      $0.setRoot("questions", UInt64($0.addBranch([$0.data.count / 4096 + 1])))
    },
    HostileBundle("shape/child-2-to-47") { $0.setRoot("questions", UInt64($0.addBranch([1 << 47]))) },
    HostileBundle("shape/empty-branch") { $0.setRoot("questions", UInt64($0.addBranch([]))) },
    HostileBundle("shape/branch-over-the-leaf") { forgery in
      let root = forgery.root("questions")
      forgery.setRoot("questions", UInt64(forgery.addBranch([root])))
    },
    chain("seven-branches-deep", 7), chain("eight-branches-deep", 8), chain("three-hundred-branches-deep", 300),
    HostileBundle("shape/each-page-reached-two-hundred-times") { forgery in
      var child = forgery.addBranch([])
      for _ in 0..<6 { child = forgery.addBranch([Int](repeating: child, count: 200)) }
      forgery.setRoot("questions", UInt64(child))
    },
    HostileBundle("shape/four-hundred-children-that-are-one") { forgery in
      let leaf = forgery.root("words")
      forgery.setRoot("words", UInt64(forgery.addBranch([Int](repeating: leaf, count: 400))))
    },
    database("root-none", 40, .u64(.max)), database("root-0", 40, .u64(0)),
    database("root-greatest-but-one", 40, .u64(.max - 1)),
    database("flags-duplicates", 4, .u16(4)), database("depth-greatest", 6, .u16(.max)),
    database("entries-0", 32, .u64(0)), database("leaf-pages-greatest", 16, .u64(.max)),
    HostileBundle("shape/database-record-too-short") { forgery in
      let node = forgery.database("questions") - 9 - 8
      forgery.put(UInt16(40), at: node)
    },
    HostileBundle("shape/database-is-no-database") { forgery in
      let node = forgery.database("questions") - 9 - 8
      forgery.put(UInt16(0), at: node + 4)
    },
    HostileBundle("shape/database-of-another-name") { forgery in
      forgery.data[forgery.database("questions") - 1] = UInt8(ascii: "z")
    },
  ]

  private static func chain(_ name: String, _ length: Int) -> HostileBundle {
    HostileBundle("shape/\(name)") { forgery in
      var child = forgery.root("questions")
      for _ in 0..<length { child = forgery.addBranch([child]) }
      forgery.setRoot("questions", UInt64(child))
    }
  }

  private static func database(_ name: String, _ offset: Int, _ value: Field) -> HostileBundle {
    HostileBundle("shape/database-\(name)") { $0.put(value, at: $0.database("questions") + offset) }
  }
}
