extension Store {
  /// Whether some process runs a stage now. Takes its lock for a moment at most.
  public func isRunning(_ stage: String) -> Bool { StageLock.isHeld(stage, in: layout) }
}
