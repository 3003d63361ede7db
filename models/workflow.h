/* workflow.h - managed state machines: Step Functions, Standard and Express. */
#ifndef MODELS_WORKFLOW_H
#define MODELS_WORKFLOW_H

extern const struct component_type workflow_type;

#endif
