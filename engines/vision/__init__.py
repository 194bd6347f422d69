"""Networks that see: convolution by hand, networks of convolutions, their milestones, detection and segmentation."""
