// torch's random generator and thread count belong to the process: tests that seed it may not run beside each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
