namespace SsdForecast.Runtime.Kernels;

/// <summary>Independent pieces of work, each writing its own memory in its own fixed order: any number of threads gives the same bits.</summary>
internal abstract unsafe class UnitJob
{
    /// <summary>Number of pieces.</summary>
    public abstract int Units { get; }

    /// <summary>Scratch memory that one piece needs.</summary>
    public abstract nuint WorkspaceBytes { get; }

    /// <summary>Does one piece.</summary>
    public abstract void Run(int unit, byte* workspace);
}

/// <summary>Runs the pieces of a job on a bounded number of threads.</summary>
internal static unsafe class UnitRunner
{
    /// <summary>Runs all pieces and returns when they are done.</summary>
    public static void Run(UnitJob job, int degreeOfParallelism)
    {
        int workers = Math.Min(degreeOfParallelism, job.Units);
        int next = -1;
        if (workers == 1)
            Work();
        else
            ThreadTeam.Current.Run(workers, Work);

        void Work()
        {
            if (job.WorkspaceBytes == 0)
            {
                Units(null);
                return;
            }

            (nint Memory, nuint Bytes) workspace = WorkspacePool.Rent(job.WorkspaceBytes);
            try
            {
                Units((byte*)workspace.Memory);
            }
            finally
            {
                WorkspacePool.Return(workspace);
            }
        }

        void Units(byte* workspace)
        {
            for (int unit; (unit = Interlocked.Increment(ref next)) < job.Units;)
                job.Run(unit, workspace);
        }
    }
}
