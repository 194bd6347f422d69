"""The cards around the stage: course, model, data, lesson, code, transport."""
