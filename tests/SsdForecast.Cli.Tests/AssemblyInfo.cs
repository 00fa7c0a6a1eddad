// torch's random generator and the console belong to the process: tests that use them may not run beside each other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
