//! What AWS defines: ARNs, actions, patterns, policy documents, principals, entities.
