"""What devices show and take: device files, registers and their images, without any protocol."""
