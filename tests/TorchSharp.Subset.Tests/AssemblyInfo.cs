// torch's random numbers and the bridge's count of live handles belong to the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
