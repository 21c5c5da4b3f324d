import NN
import TestSupport
import Testing

/// The comparison that all other tests trust.
@Suite struct AgreementTests {
  private let expected = StateTensor(shape: [2, 2], values: [1, -2, 3, 4])
  private let tolerance = Tolerance(length: 1e-3, peak: 1e-3, absolute: 0)

  private func disagreement(_ values: [Float], _ tolerance: Tolerance? = nil) -> String? {
    TestSupport.disagreement(StateTensor(shape: [2, 2], values: values), expected, tolerance ?? self.tolerance)
  }

  @Test func equalNumbersAgreeExactly() { #expect(disagreement([1, -2, 3, 4], .exact) == nil) }

  @Test func differencesWithinTheToleranceAgree() { #expect(disagreement([1.003, -2, 3, 4]) == nil) }

  @Test func namesTheWorstPlaceAndBothNumbers() {
    #expect(disagreement([1.001, -2, 3.5, 4])?.hasPrefix("3.5 instead of 3.0 at [1, 0], the worst place: 0.125 of") == true)
  }

  @Test func notANumberNeverAgrees() {
    #expect(disagreement([1, .nan, 3, 4], Tolerance(length: 1, peak: 1, absolute: 100)) == "nan instead of -2.0 at [0, 1]")
    let both = StateTensor(shape: [1], values: [.nan])
    #expect(TestSupport.disagreement(both, both, tolerance) != nil)
  }

  @Test func infinityNeverAgreesNotEvenWithItself() {
    #expect(disagreement([1, -2, 3, .infinity], Tolerance(length: 1, peak: 1, absolute: 100)) == "inf instead of 4.0 at [1, 1]")
    let both = StateTensor(shape: [1], values: [.infinity])
    #expect(TestSupport.disagreement(both, both, tolerance) != nil)
  }

  @Test func anotherShapeNeverAgrees() {
    let flat = StateTensor(shape: [4], values: expected.values)
    #expect(TestSupport.disagreement(flat, expected, tolerance) == "shape [4] instead of [2, 2]")
  }

  @Test func manySmallDifferencesExceedTheLength() {
    let loose = Tolerance(length: 1e-3, peak: 1, absolute: 0)
    #expect(disagreement([1.004, -2.004, 3.004, 4.004], loose) != nil)
  }

  @Test func oneLargeDifferenceExceedsThePeak() {
    let loose = Tolerance(length: 1, peak: 1e-3, absolute: 0)
    #expect(disagreement([1.005, -2, 3, 4], loose) != nil)
  }

  @Test func zerosNeedAnAbsoluteTolerance() {
    let zero = StateTensor(shape: [1], values: [0])
    let near = StateTensor(shape: [1], values: [1e-9])
    #expect(TestSupport.disagreement(near, zero, tolerance) != nil)
    #expect(TestSupport.disagreement(near, zero, Tolerance(length: 0, peak: 0, absolute: 1e-8)) == nil)
  }
}
