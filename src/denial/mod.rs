//! An AccessDenied message or a CloudTrail event becomes a request.
