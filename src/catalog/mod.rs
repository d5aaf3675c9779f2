//! What each action is: the embedded service reference and AWS managed policies.
