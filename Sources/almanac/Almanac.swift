import ArgumentParser

@main
struct Almanac: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "almanac",
    abstract: "Compile answers worked out in advance into one file that is asked at the edge in microseconds.",
    discussion: """
      A recipe (YAML) says which answers go into a bundle and how many wrong ones it may give; `compile` turns it into \
      NAME.almanac. Ask a bundle with `ask`, or serve it with `almanac-reader`.

      Exit codes: 0 done, 1 refused (bad bundle, bad input), 2 a check failed, 64 wrong usage.
      """,
    version: "0.1.0",
    subcommands: [
      CompileCommand.self,
      InspectCommand.self,
      VerifyCommand.self,
      DiffCommand.self,
      PatchCommand.self,
      KeygenCommand.self,
      SignCommand.self,
      DescriptorCommand.self,
      CheckCommand.self,
      BenchCommand.self,
      IngestCommand.self,
      PlanCommand.self,
      WidenCommand.self,
      SampleCommand.self,
      RefreshCommand.self,
      ReportCommand.self,
      RoutesCommand.self,
      MarksCommand.self,
      NeighboursCommand.self,
      VectorsCommand.self,
    ])
}
