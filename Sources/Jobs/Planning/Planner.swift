import IO

/// Decides what must run: a pure function of the job, the store's listing and what is wanted.
///
/// Going forward through the order, a stage *must* run when its artifact is damaged or missing, or was made otherwise than it would be made
/// now; it *may* have to when an input is going to be made again and nothing else has changed. A missing artifact whose record says that it
/// would come out as it was, is *spare*: what was made from it is judged by its record. Going backward, a spare stage runs after all when it
/// is a target or a stage that must run needs it.
public struct Planner: Sendable {
  private let job: Job

  public init(_ job: Job) { self.job = job }

  /// The plan for stages and all they need.
  public func plan(_ targets: [String], _ listing: Listing) -> Plan { plan(Request(targets), listing) }

  public func plan(_ request: Request, _ listing: Listing) -> Plan {
    var planning = Planning(job, request, listing)
    planning.forecast()
    planning.settle()
    return planning.plan
  }
}
