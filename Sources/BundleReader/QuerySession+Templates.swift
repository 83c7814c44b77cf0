import BundleFormat

/// Filling the slots of prompts, which become questions, and of answers.
extension QuerySession {
  // Fills the prompt of this name. A reason if that gives no question.
  mutating func fillPrompt(_ name: Bytes, _ variables: Bytes?) -> FallbackReason? {
    guard let template = bundle.promptTemplate(name) else { return .noMatch }
    do throws(TemplateError) {
      switch try promptFiller.fill(template, variables, limit: Self.maximumQuery) {
      case .filled: return nil
      case .missing: return .missingVariable
      case .tooLong: return .queryTooLong
      }
    } catch {
      return .damaged
    }
  }

  // Fills the decoded template. False if a variable is missing.
  mutating func fill(_ variables: Bytes?, of entry: UInt32) throws(BundleError) -> Bool {
    let result: TemplateFiller.Result
    do throws(TemplateError) {
      result = try filler.fill(decoder.answer, variables, limit: AnswerDecoder.maximumAnswer)
    } catch {
      throw .damagedAnswer(entry: entry)
    }
    switch result {
    case .filled: isFilled = true
    case .missing: isFilled = false
    // The compiler leaves room for the longest values.
    case .tooLong: throw .damagedAnswer(entry: entry)
    }
    return isFilled
  }
}
